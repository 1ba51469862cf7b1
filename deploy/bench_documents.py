"""The parts of deploy/bench about documents: what becomes of real files, how much of their text is
read, how pictures of text are read, how fast, and what a killed worker loses."""

import collections
import difflib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench_common import BENCH, BIN, DATA, TARGET, ask_lines, fresh, inhouse, kept_lines, lines, memory_of, score

PYTHON = BENCH / "python"
PACKAGES = ["rapidfuzz==3.14.6", "pillow==13.0.0"]
RIVALS = [
    "pypdf==7.1.0", "pdfminer.six==20260107", "langchain-text-splitters==1.1.3",
    "fastembed==0.9.1", "qdrant-client==1.20.0",
]
KILLS = 200
SEED = 20261121
READ = TARGET / "release" / "examples" / "read"


def need_python(packages, folder=PYTHON):
    """Fetch packages that only measuring needs into a folder of their own; import from there."""
    listed = folder / "listed"
    wanted = "\n".join(packages)
    if not listed.exists() or listed.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *packages]
        if subprocess.run(command).returncode != 0:
            sys.exit("the packages for measuring could not be fetched")
        listed.write_text(wanted)
    sys.path.insert(0, str(folder))
    return folder


def rows(instance, sql):
    with sqlite3.connect(f"file:{instance / 'inhouse.db'}?mode=ro", uri=True) as database:
        return database.execute(sql).fetchall()


# What becomes of real files.


def take_in_watched(instance, folder):
    """Ingest a folder; return what it took and the most memory that the worker itself used, in MB."""
    log = open(instance / "ingest.log", "w")
    start = time.monotonic()
    process = subprocess.Popen([BIN, "--data", instance, "ingest", "--set", "All", folder], stdout=log, stderr=log)
    most = 0
    while process.poll() is None:
        try:
            most = max(most, memory_of(process.pid).get("VmHWM", 0))
        except FileNotFoundError:
            break
        time.sleep(0.2)
    # 1: some files could not be read, which is what is counted here.
    if process.wait() not in (0, 1):
        sys.exit(f"ingest of {folder} ended with {process.returncode}; see {log.name}")
    return time.monotonic() - start, most


def documents():
    for name, folder in (("pdf-dev", DATA / "pdf-dev" / "pdfjs"), ("office-dev", DATA / "office-dev")):
        instance = fresh(BENCH / name)
        took, most = take_in_watched(instance, folder)
        files = sum(1 for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        states = collections.Counter(
            cause or state for state, cause in rows(instance, "SELECT state, cause FROM versions")
        )
        left = sum(states[state] for state in ("queued", "reading", "embedding"))
        if left:
            sys.exit(f"{name}: {left} files were left on their way")
        printed = (instance / "ingest.log").read_text(errors="replace")
        refused = len(re.findall(r"^(?:skipped|failed) .*", printed, re.M)) - sum(
            count for state, count in states.items() if state != "ready"
        )
        known = len(re.findall(r"^known ", printed, re.M))
        parts = rows(instance, "SELECT COUNT(*) FROM documents WHERE part_of IS NOT NULL")[0][0]
        pages = rows(instance, "SELECT COALESCE(SUM(pages), 0) FROM versions WHERE state = 'ready'")[0][0]
        yield f"{name}: files; indexed", "each", f"{files}; {states['ready']} ({parts} of them out of archives and mails)"
        quarantined = ", ".join(f"{count} {state}" for state, count in states.most_common() if state != "ready")
        yield f"{name}: quarantined, by cause", "a true reason", quarantined or "none"
        yield f"{name}: refused at the door; the same content as another", "", f"{refused}; {known}"
        yield f"{name}: time; pages/s", "no hang", f"{took:.0f} s; {pages / took:.1f} ({pages} pages)"
        yield f"{name}: most memory of the worker itself", "bounded", f"{most:.0f} MB"
        readers = collections.Counter()
        for (parser,) in rows(instance, "SELECT parser FROM versions WHERE state = 'ready'"):
            readers[parser] += 1
        yield f"{name}: read by", "", ", ".join(f"{parser} {count}" for parser, count in readers.most_common())


# How much of a text is read from its PDF.


def words(text):
    return re.findall(r"\w+", text.lower())


def read_texts(files, into, *options):
    into.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([READ, *options, "--texts", into, *files], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"reading failed:\n{done.stderr[-2000:]}")
    return {json.loads(line)["file"]: json.loads(line) for line in done.stdout.splitlines()}


def same_contract(pdf, texts):
    """The text file of a PDF: the names differ in small things."""
    match = difflib.get_close_matches(pdf.stem, list(texts), n=1, cutoff=0.5)
    return texts[match[0]] if match else None


def fidelity():
    need_python(PACKAGES)
    from rapidfuzz.distance import LCSseq

    texts = {path.stem: path for path in (DATA / "legal-dev" / "corpus_txt").iterdir()}
    pdfs = sorted((DATA / "legal-dev" / "corpus_pdf").iterdir())
    pairs = [(pdf, text) for pdf in pdfs if (text := same_contract(pdf, texts))]
    for parser in ("pdf_extract", "poppler", "auto"):
        folder = BENCH / "fidelity" / parser
        shutil.rmtree(folder, ignore_errors=True)
        read_texts([pdf for pdf, _ in pairs], folder, "--parser", parser)
        shares = []
        for pdf, text in pairs:
            expected = words(text.read_text(encoding="utf-8", errors="replace"))
            kept = folder / f"{pdf.name}.txt"
            found = words(kept.read_text(encoding="utf-8")) if kept.exists() else []
            shares.append(LCSseq.similarity(expected, found) / max(1, len(expected)))
        ordered = sorted(shares)
        yield (
            f"text of {len(pairs)} contracts recovered in order from their PDF, {parser}",
            "",
            f"mean {100 * statistics.mean(shares):.2f} %, median {100 * statistics.median(shares):.2f} %, "
            f"lowest {100 * ordered[0]:.1f} %",
        )


# Pictures of text.

GERMAN = """Rahmenvertrag über Wartungsleistungen. Zwischen der Auftraggeberin und der Auftragnehmerin wird
Folgendes vereinbart. § 1 Gegenstand. Die Auftragnehmerin übernimmt die regelmäßige Prüfung, Pflege und
Instandsetzung der in Anlage 1 aufgeführten Geräte. Größere Änderungen bedürfen der Schriftform. § 2 Vergütung.
Die jährliche Vergütung beträgt 48.750,00 Euro zuzüglich gesetzlicher Umsatzsteuer und ist in vier gleichen Raten
zum Quartalsende fällig. Bei Zahlungsverzug gelten die gesetzlichen Zinsen in Höhe von neun Prozentpunkten über dem
Basiszinssatz. § 3 Haftung. Für Schäden aus der Verletzung des Lebens, des Körpers oder der Gesundheit haftet die
Auftragnehmerin unbeschränkt. Für leichte Fahrlässigkeit haftet sie nur, soweit eine wesentliche Vertragspflicht
verletzt wurde, und höchstens bis zum vorhersehbaren, vertragstypischen Schaden. § 4 Kündigung. Der Vertrag kann mit
einer Frist von drei Monaten zum Ende eines Kalenderjahres gekündigt werden; das Recht zur außerordentlichen
Kündigung aus wichtigem Grund bleibt unberührt. § 5 Vertraulichkeit. Die Parteien verpflichten sich, sämtliche
Geschäftsgeheimnisse auch über das Ende des Vertrags hinaus vertraulich zu behandeln. § 6 Schlussbestimmungen.
Gerichtsstand ist München. Sollte eine Bestimmung unwirksam sein, so bleibt die Wirksamkeit der übrigen Bestimmungen
hiervon unberührt. Mündliche Nebenabreden bestehen nicht."""


def known_texts():
    """Texts in two languages, about a page each."""
    contracts = sorted((DATA / "legal-dev" / "corpus_txt").iterdir())
    random.seed(SEED)
    english = []
    for path in random.sample(contracts, 12):
        text = re.sub(r"[^\x20-\x7e]+", " ", path.read_text(encoding="utf-8", errors="replace"))
        text = re.sub(r"[_*|~^{}\\<>=\[\]]+|-{2,}|\.{3,}", " ", text)
        text = re.sub(r"\s+", " ", text)
        start = text.find(". ", len(text) // 3) + 2
        english.append(text[start : start + 2400].rsplit(" ", 1)[0])
    return {"English": english, "German": [re.sub(r"\s+", " ", GERMAN)]}


def picture(text, degraded):
    """An A4 page of this text at 300 dpi, as a scanner gives it; return the lines too."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    page = Image.new("L", (2480, 3508), 255)
    font = ImageFont.truetype("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf", 46)
    draw = ImageDraw.Draw(page)
    set_lines, line = [], ""
    for word in text.split():
        if draw.textlength(f"{line} {word}", font=font) > 1980:
            set_lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    set_lines.append(line)
    for number, words_of_line in enumerate(set_lines):
        draw.text((250, 260 + 66 * number), words_of_line, font=font, fill=20)
    if degraded:
        page = page.rotate(0.6, fillcolor=255, resample=Image.Resampling.BICUBIC)
        noise = Image.effect_noise(page.size, 40)
        page = Image.blend(page, noise, 0.15).filter(ImageFilter.GaussianBlur(0.8))
    return page, set_lines


def ocr():
    need_python(PACKAGES)
    from rapidfuzz.distance import Levenshtein

    for degraded in (False, True):
        folder = BENCH / "ocr" / ("degraded" if degraded else "clean")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        expected = {}
        for language, texts in known_texts().items():
            for number, text in enumerate(texts):
                page, _ = picture(text, degraded)
                path = folder / f"{language}-{number}.pdf"
                page.save(path, resolution=300)
                expected[path.name] = (language, text)
        start = time.monotonic()
        read_texts(sorted(folder.glob("*.pdf")), folder / "texts")
        took = time.monotonic() - start
        errors, letters = collections.Counter(), collections.Counter()
        for name, (language, text) in expected.items():
            kept = folder / "texts" / f"{name}.txt"
            found = kept.read_text(encoding="utf-8") if kept.exists() else ""
            found = re.sub(r"\s+", " ", found).strip()
            errors[language] += Levenshtein.distance(text, found)
            letters[language] += len(text)
        kind = "turned by 0.6°, noisy, blurred" if degraded else "clean"
        rates = ", ".join(f"{language} {100 * errors[language] / letters[language]:.2f} %" for language in letters)
        yield f"OCR, {len(expected)} pages at 300 dpi, {kind}: character error rate", "< 2 %", rates
        yield f"OCR, {kind}: pages/s, two at a time", "", f"{len(expected) / took:.2f}"


# Against the pipeline that people would write in Python.


def throughput():
    folder = DATA / "legal-dev" / "corpus_pdf"
    count = len(list(folder.iterdir()))
    rival = Path(__file__).with_name("bench_rival.py")
    packages = need_python(RIVALS, BENCH / "python-rival")
    told = {}
    for reader in ("pypdf", "pdfminer"):
        environment = {**os.environ, "PYTHONPATH": str(packages), "OMP_NUM_THREADS": str(os.cpu_count())}
        done = subprocess.run([sys.executable, rival, reader, folder, fresh(BENCH / "rival")], env=environment, text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"the pipeline in Python failed:\n{done.stderr[-3000:]}")
        told[reader] = json.loads(done.stdout.splitlines()[-1])
    done = inhouse(fresh(BENCH / "throughput"), "--setting", "log.format=json", "ingest", "--set", "Contracts", folder)
    records = [json.loads(line) for line in done.stderr.splitlines() if '"embedding_s"' in line]
    fields = records[-1].get("fields", records[-1])
    passages = sum(int(n) for n in re.findall(r"^ready .*: (\d+) passages", done.stdout, re.M))
    ours = count / fields["took_s"]
    share = fields["embedding_s"] / fields["took_s"]
    yield "documents/s from PDF, one worker", "", f"{ours:.2f} ({passages} passages, {100 * share:.0f} % of the time in ONNX Runtime)"
    for reader, figures in told.items():
        parts = ", ".join(f"{name} {figures[name]:.0f} s" for name in ("read", "split", "embed", "store"))
        rate = count / figures["total"]
        yield (
            f"the same with {reader}, recursive splitter, fastembed, Qdrant",
            "3 times",
            f"{rate:.2f} ({figures['passages']} passages; {parts}): {ours / rate:.2f} times",
        )


# Retrieval from PDFs against retrieval from text.


def retrieval_pdf():
    """Scores need score.py beside the data; names of documents are mapped to those of the texts."""
    gold = DATA / "legal-dev" / "retrieval.jsonl"
    texts = {path.stem: path for path in (DATA / "legal-dev" / "corpus_txt").iterdir()}
    need_python(PACKAGES)

    pdfs = {pdf.name: same_contract(pdf, texts) for pdf in (DATA / "legal-dev" / "corpus_pdf").iterdir()}
    kept = {text.name for text in pdfs.values() if text}
    questions = [question for question in lines(gold) if question["file"] in kept]
    yield from scored("text", questions, None)
    yield from scored("PDF", questions, pdfs)


def scored(kind, questions, pdfs):
    instance = fresh(BENCH / f"retrieval-{kind.lower()}")
    folder = DATA / "legal-dev" / ("corpus_pdf" if pdfs else "corpus_txt")
    inhouse(instance, "ingest", "--set", "Contracts", folder)
    answers = ask_lines(instance, ["search", "--limit", "64"], [{"query": q["query"]} for q in questions])
    if pdfs:
        places = {name: Places(instance, name, text) for name, text in pdfs.items() if text}
        for answer in answers:
            for hit in answer["hits"]:
                place = places.get(hit["document"])
                if place:
                    hit["document"] = place.text.name
                    hit["start"], hit["end"] = place.of(hit["start"]), place.of(hit["end"])
    gold, out = kept_lines(instance / "gold.jsonl", questions), kept_lines(instance / "out.jsonl", answers)
    told = " ".join(score("retrieval", gold, out).split())
    yield f"retrieval, {len(questions)} questions, from {kind}", "PDF within 2 points", told


class Places:
    """Where each character of a PDF's text stands in the text file, by the words both have."""

    def __init__(self, instance, name, text):
        self.text = text
        escaped = name.replace("'", "''")
        found = rows(
            instance,
            "SELECT t.text FROM version_texts t JOIN versions v ON v.id = t.version_id "
            f"JOIN documents d ON d.id = v.document_id WHERE d.name = '{escaped}'",
        )[0][0]
        from rapidfuzz.distance import LCSseq

        ours = [(m.group().lower(), m.start()) for m in re.finditer(r"\w+", found)]
        theirs = [(m.group().lower(), m.start()) for m in re.finditer(r"\w+", text.read_text(encoding="utf-8"))]
        codes = LCSseq.opcodes([word for word, _ in ours], [word for word, _ in theirs])
        self.pairs = []
        for code in codes:
            if code.tag == "equal":
                for step in range(code.src_end - code.src_start):
                    self.pairs.append((ours[code.src_start + step][1], theirs[code.dest_start + step][1]))
        self.starts = [ours_at for ours_at, _ in self.pairs]

    def of(self, place):
        import bisect

        if not self.pairs:
            return 0
        at = min(max(0, bisect.bisect_right(self.starts, place) - 1), len(self.pairs) - 1)
        ours_at, theirs_at = self.pairs[at]
        return max(0, theirs_at + min(place - ours_at, 40))


# A worker that is killed again and again.


def kill():
    folder = DATA / "legal-dev" / "corpus_txt"
    files = sorted(folder.iterdir())
    instance = fresh(BENCH / "kill")
    inputs = BENCH / "kill-files"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir()
    # Many small files: more moments at which something is half done.
    number = 0
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        for start in range(0, min(len(text), 90_000), 9_000):
            (inputs / f"{number:04}.txt").write_text(f"Part {number}\n\n{text[start:start + 9_000]}")
            number += 1
    inhouse(instance, "ingest", "--no-wait", "--set", "Killed", inputs)
    random.seed(SEED)
    kills = 0
    for _ in range(KILLS):
        log = open(instance / "worker.log", "a")
        process = subprocess.Popen([BIN, "--data", instance, "worker"], stdout=subprocess.PIPE, stderr=log, text=True)
        process.stdout.readline()
        time.sleep(random.uniform(0.0, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    start = time.monotonic()
    left = rows(instance, "SELECT COUNT(*) FROM versions WHERE state <> 'ready'")[0][0]
    process = subprocess.Popen([BIN, "--data", instance, "worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while rows(instance, "SELECT COUNT(*) FROM jobs WHERE state IN ('waiting', 'leased')")[0][0]:
        time.sleep(0.5)
        if time.monotonic() - start > 900 or process.poll() is not None:
            sys.exit("the load did not come to its end after the kills")
    process.send_signal(signal.SIGTERM)
    process.wait()
    versions = rows(instance, "SELECT COUNT(*), COUNT(DISTINCT document_id), SUM(state = 'ready') FROM versions")[0]
    passages = rows(instance, "SELECT COUNT(*) FROM passages")[0][0]
    doubled = rows(instance, "SELECT COUNT(*) FROM (SELECT version_id, ordinal FROM passages GROUP BY 1, 2 HAVING COUNT(*) > 1)")[0][0]
    counted = json.loads(inhouse(instance, "reindex", "--check").stdout)
    whole = versions == (number, number, number) and not doubled
    if not whole or not counted["lexical"] == counted["vectors"] == passages:
        sys.exit(f"not each is there exactly once: {versions}, {doubled} doubled, {passages} passages, {counted}")
    yield (
        f"{kills} kills (SIGKILL) of the worker in a load of {number} files",
        "each exactly once",
        f"{versions[2]} ready of {versions[0]} versions of {versions[1]} documents ({left} were left at the last kill); "
        f"passages: SQL {passages}, Tantivy {counted['lexical']}, Qdrant {counted['vectors']}",
    )
