"""What people would write in Python: `bench_rival.py pypdf|pdfminer FOLDER SCRATCH`, in one process:
read each PDF, split recursively, embed with fastembed, store in Qdrant; print the seconds of each."""

import json
import sys
import time
import uuid
from pathlib import Path

MODELS = Path.home() / ".cache/inhouse/models/embedding/all-MiniLM-L6-v2"


def reader(name):
    if name == "pypdf":
        from pypdf import PdfReader

        return lambda path: "\n".join(page.extract_text() or "" for page in PdfReader(path).pages)
    from pdfminer.high_level import extract_text

    return extract_text


def model_folder(scratch):
    """fastembed wants small files beside the model that the package of models doesn't have."""
    folder = scratch / "model"
    folder.mkdir(parents=True)
    for name in ("model.onnx", "tokenizer.json"):
        (folder / name).symlink_to(MODELS / name)
    (folder / "config.json").write_text(json.dumps({"pad_token_id": 0, "model_type": "bert"}))
    special = {"cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    (folder / "tokenizer_config.json").write_text(json.dumps({**special, "model_max_length": 256, "max_length": 256}))
    return folder


def main():
    name, folder, scratch = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from qdrant_client import QdrantClient, models

    TextEmbedding.add_custom_model(
        model="local/all-MiniLM-L6-v2", pooling=PoolingType.MEAN, normalization=True,
        sources=ModelSource(hf="local/none"), dim=384, model_file="model.onnx",
    )
    model = TextEmbedding("local/all-MiniLM-L6-v2", specific_model_path=str(model_folder(scratch)))
    client = QdrantClient(path=str(scratch / "qdrant"))
    client.create_collection("c", vectors_config=models.VectorParams(size=384, distance=models.Distance.COSINE))
    splitter = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=0)
    read = reader(name)
    took = dict.fromkeys(("read", "split", "embed", "store"), 0.0)
    passages = 0

    def timed(what, work):
        start = time.monotonic()
        result = work()
        took[what] += time.monotonic() - start
        return result

    start = time.monotonic()
    for path in sorted(folder.iterdir()):
        text = timed("read", lambda: read(path))
        pieces = timed("split", lambda: splitter.split_text(text))
        vectors = timed("embed", lambda: list(model.embed(pieces)))
        points = [
            models.PointStruct(id=str(uuid.uuid4()), vector=vector.tolist(), payload={"text": piece, "name": path.name})
            for piece, vector in zip(pieces, vectors)
        ]
        if points:
            timed("store", lambda: client.upsert("c", points))
        passages += len(pieces)
    total = time.monotonic() - start
    print(json.dumps({**took, "total": total, "passages": passages}))


if __name__ == "__main__":
    main()
