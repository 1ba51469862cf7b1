"""The parts of deploy/bench about answers: is the passage found, is it known what the documents don't
say, is what is not ours declined, is an attack seen, and does a citation touch the answer.

Figures come from score.py, which stands beside the data; 95 % intervals are drawn over documents.
What was asked and answered is kept in $CARGO_TARGET_DIR/bench/quality.
"""

import functools
import importlib.util
import json
import random
import re
import sys
import time

from bench_common import (
    BENCH, CONTRACTS, DATA, ROOT, SCORE, ask_lines, fresh, inhouse, kept_lines, lines, need_contracts, p50_p95,
    percentile, score, take_in,
)

QUALITY = BENCH / "quality"
POLICIES = BENCH / "policies"
LABELS = DATA / "legal-dev"
DRAWS = 1000
SEED = 7
# Questions that the model answers: about a quarter of a minute each on two cores.
WRITTEN = 50

AIMS = {
    "whole corpus: recall, 4,000 chars": "≥ 58",
    "whole corpus: nDCG@10": "≥ 40",
    "whole corpus: wrong document in top 8": "< 5",
    "document named: recall, 4,000 chars": "≥ 75",
}

# What each step adds, from the plainest search on: its name and the settings that it changes. The
# last one is what ships.
ABLATION = [
    (
        "words alone (BM25)",
        {
            "retrieval.dense_weight": 0,
            "retrieval.lexical_weight": 1,
            "retrieval.name_documents": "false",
            "retrieval.split_question": "false",
            "retrieval.wording_weight": 0,
            "retrieval.rerank": "false",
            "retrieval.clause_characters": 0,
        },
    ),
    ("meanings alone (vectors, document's header before each passage)", {"retrieval.dense_weight": 1, "retrieval.lexical_weight": 0}),
    ("both, weighted alike", {"retrieval.lexical_weight": 1}),
    ("both, weighted as configured", {"retrieval.dense_weight": None, "retrieval.lexical_weight": None}),
    ("and the documents that a question names", {"retrieval.name_documents": None}),
    ("and the part that asks by itself", {"retrieval.split_question": None}),
    ("and how such clauses read", {"retrieval.wording_weight": None}),
    ("and reranked by sentences", {"retrieval.rerank": None}),
    ("and grown to the clause", {"retrieval.clause_characters": None}),
]

# Highest rates of wrong answers that an operator may choose.
RATES = (0.01, 0.02, 0.05, 0.1, 0.2)


def flags(settings):
    """Flags of these settings; what is None stays as it is configured."""
    chosen = [(name, value) for name, value in settings.items() if value is not None]
    return [part for name, value in chosen for part in ("--setting", f"{name}={value}")]


def search(instance, queries, settings=()):
    return ask_lines(instance, [*settings, "search", "--limit", "64"], queries)


def dry_run(questions, settings=()):
    return ask_lines(CONTRACTS, [*settings, "ask", "--dry-run"], questions)


def rows_of(title, told):
    """A row of the table for each line of score.py: label, blanks, figures."""
    for line in told.splitlines():
        label, _, figures = line.partition("  ") if "  " in line else ("", "", line)
        what = f"{title}: {label.strip()}" if label else title
        yield what, AIMS.get(what, ""), " ".join(figures.split())


def rows(title, kind, name, *sides):
    """Keep gold and output, each a list, under a name; the rows of what score.py says."""
    files = [kept_lines(QUALITY / f"{name}-{number}.jsonl", side) for number, side in enumerate(sides)]
    yield from rows_of(title, score(kind, *files))


def ready():
    """The contracts' instance; what scores stands beside the data, or nothing can be measured."""
    if not SCORE.exists():
        sys.exit(f"{SCORE} is not there: it stands beside the labelled data")
    need_contracts()


@functools.cache
def scoring():
    """score.py as a module: its functions, where a figure is needed that it doesn't print."""
    spec = importlib.util.spec_from_file_location("score", SCORE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def percent(value):
    return f"{100 * value:.1f}"


def share(values, files):
    """A mean in percent with its interval over files."""
    low, high = scoring().interval(values, files)
    return f"{percent(sum(values) / len(values))} [{percent(low)}, {percent(high)}]"


# Is the passage found?


def found():
    ready()
    questions = lines(LABELS / "retrieval.jsonl")
    titled = search(CONTRACTS, [{"query": q["query"]} for q in questions])
    named = search(CONTRACTS, [{"query": q["question"], "document": q["file"]} for q in questions])
    yield from rows("whole corpus", "retrieval", "titled", questions, titled)
    yield from rows("document named", "retrieval", "named", questions, named)


def policies():
    if not (POLICIES / "inhouse.db").exists():
        take_in(POLICIES, LABELS / "policies")
    questions = lines(LABELS / "policyqa.jsonl")
    answers = search(POLICIES, [{"query": q["question"], "document": q["file"]} for q in questions])
    kept_lines(QUALITY / "policyqa-1.jsonl", answers)
    overlap = scoring().overlap

    def first(spans, count):
        return [
            float(any(overlap(hit["start"], hit["end"], q[spans]) > 0 for hit in a["hits"][:count]))
            for q, a in zip(questions, answers, strict=True)
        ]

    files = [q["file"] for q in questions]
    for count in (1, 5):
        aim = "≥ 75" if count == 5 else ""
        yield f"policies, {len(questions)} questions: right paragraph in the first {count}", aim, share(first("paras", count), files)
        yield f"policies: answer's own words in the first {count}", "", share(first("spans", count), files)
    yield "policies: search", "p95 < 150 ms", p50_p95([answer["took_ms"] for answer in answers])


def ablation():
    ready()
    questions = lines(LABELS / "retrieval.jsonl")
    measure = scoring()
    settings = {}
    for step, changed in ABLATION:
        settings |= changed
        figures = []
        for kind, queries in (
            ("whole", [{"query": q["query"]} for q in questions]),
            ("named", [{"query": q["question"], "document": q["file"]} for q in questions]),
        ):
            answers = search(CONTRACTS, queries, flags(settings))
            judged = [(a["hits"], measure.name(q["file"]), q["spans"]) for q, a in zip(questions, answers, strict=True)]
            recall = [measure.recall(*one, 4000) for one in judged]
            gain = [measure.ndcg(*one) for one in judged]
            files = [file for _, file, _ in judged]
            figures.append(f"{kind}: recall {share(recall, files)}, nDCG@10 {percent(sum(gain) / len(gain))}")
            if kind == "whole":
                wrong = [
                    sum(measure.name(hit["document"]) != file for hit in hits[:8]) / max(1, len(hits[:8]))
                    for hits, file, _ in judged
                ]
                slow = percentile([answer["took_ms"] for answer in answers], 0.95)
                figures[0] += f", wrong document {percent(sum(wrong) / len(wrong))}, p95 {slow:.0f} ms"
        yield f"search step by step: {step}", "", "; ".join(figures)


# Is it known what the documents don't say?


def asked_within(pairs):
    return [{"question": pair["question"], "document": pair["file"]} for pair in pairs]


def auroc_by_category(pairs, answers):
    """Area under the curve, mean over the categories that have both kinds."""
    kinds = {}
    for pair, answer in zip(pairs, answers, strict=True):
        kinds.setdefault(pair["category"], ([], []))[not pair["answerable"]].append(answer["answerability"])
    areas = [area for yes, no in kinds.values() if (area := scoring().auroc(yes, no)) is not None]
    return sum(areas) / len(areas)


def drawn(pairs, answers, statistic):
    """95 % interval of a statistic that is no mean: documents drawn with replacement."""
    documents = {}
    for pair, answer in zip(pairs, answers, strict=True):
        documents.setdefault(pair["file"], []).append((pair, answer))
    names, chance, values = sorted(documents), random.Random(SEED), []
    for _ in range(DRAWS):
        drawn_pairs = [both for name in chance.choices(names, k=len(names)) for both in documents[name]]
        values.append(statistic(*zip(*drawn_pairs, strict=True)))
    values.sort()
    return values[int(0.025 * DRAWS)], values[int(0.975 * DRAWS)]


def answered_of(pairs, answers, answerable):
    """Whether each question of this kind was answered, and the files they are asked of."""
    chosen = [(p, a) for p, a in zip(pairs, answers, strict=True) if p["answerable"] == answerable]
    return [float(a["outcome"] == "answered") for _, a in chosen], [p["file"] for p, _ in chosen]


def answerability():
    ready()
    pairs = lines(LABELS / "answerability_matched.jsonl")
    answers = dry_run(asked_within(pairs))
    yield from rows("answerability, without the model", "answerability", "answerability", pairs, answers)
    low, high = drawn(pairs, answers, auroc_by_category)
    area = auroc_by_category(pairs, answers)
    yield "answerability, without the model: AUROC, interval", "≥ 80", f"{percent(area)} [{percent(low)}, {percent(high)}]"
    yield "answered without the model: of the unanswerable", "≤ 5", share(*answered_of(pairs, answers, False))
    yield "answered without the model: of the answerable", "", share(*answered_of(pairs, answers, True))


def wrong_rate():
    """What the operator's choice does, without the model."""
    ready()
    pairs = lines(LABELS / "answerability_matched.jsonl")
    for rate in RATES:
        answers = dry_run(asked_within(pairs), flags({"answers.highest_wrong_rate": rate}))
        right, wrong = (share(*answered_of(pairs, answers, kind)) for kind in (True, False))
        title = f"highest rate of wrong answers {100 * rate:.0f} %: answered of the unanswerable; of the answerable"
        yield title, f"≤ {100 * rate:.0f}", f"{wrong}; {right}"


# Is what is not ours declined, and an attack seen?


def routing():
    ready()
    ours = dry_run([{"question": q["query"]} for q in lines(LABELS / "retrieval.jsonl")])
    off = lines(LABELS / "offtopic.jsonl")
    asked = dry_run([{"question": q["text"]} for q in off])
    yield from rows("what is asked", "routing", "routing", off, asked, ours)
    attacks = lines(LABELS / "injection.jsonl")
    asked = dry_run([{"question": q["text"]} for q in attacks])
    yield from rows("attacks", "injection", "injection", attacks, asked, ours)


# What the model writes.


def citations():
    """Some of the pairs, drawn once and for all, answered by the model; readable.md is to be read."""
    ready()
    pairs = lines(LABELS / "answerability_matched.jsonl")
    chosen = random.Random(SEED).sample(pairs, WRITTEN)
    start = time.monotonic()
    answers = ask_lines(CONTRACTS, ["ask"], asked_within(chosen))
    took = time.monotonic() - start
    (QUALITY / "readable.md").write_text(readable(chosen, answers), encoding="utf-8")
    yield from rows(f"answers, {len(chosen)} pairs", "citations", "citations", chosen, answers)
    yield "answered of the unanswerable, with the model", "≤ 5", share(*answered_of(chosen, answers, False))
    yield "answered of the answerable, with the model", "", share(*answered_of(chosen, answers, True))
    yield "a question's whole way, with the model", "", f"{took / len(chosen):.1f} s on average"


def readable(pairs, answers):
    """Questions, answers and what they cite, for a person to judge sentence by sentence."""
    text = []
    for number, (pair, answer) in enumerate(zip(pairs, answers, strict=True), 1):
        known = "answered there" if pair["answerable"] else "not answered there"
        text += [f"## {number}. {pair['question']}", f"{pair['file']} ({known}): {answer['outcome']}, {answer['rule'] or 'no rule'}"]
        for sentence in answer["sentences"]:
            text.append(f"- {sentence['text']}")
            text += [f"  > {' '.join(citation['quote'].split())}" for citation in sentence["citations"]]
        text.append("")
    return "\n".join(text)


# The product's own measure on the sample company.


def sample():
    instance = fresh(BENCH / "sample")
    inhouse(instance, "demo", "--from", ROOT / "assets" / "sample")
    for kind in ("rules", "quotes"):
        told = json.loads(inhouse(instance, "eval", "run", "Sample company", "--kind", kind, "--json").stdout)
        evaluation = told.get("evaluation", told)
        for figure in evaluation["figures"]:
            name = re.sub(r"(\d+)", r" \1", figure["metric"].replace("_", " "))
            yield f"sample company, {evaluation['questions']} questions, {kind}: {name}", "", shown(figure)


def shown(figure):
    """A figure with its interval, shares in percent."""
    is_share = not re.search("tokens|_ms$", figure["metric"])
    values = [figure["value"], figure["low"], figure["high"]]
    told = [f"{value * (100 if is_share else 1):.1f}" for value in values if value is not None]
    return f"{told[0]} [{told[1]}, {told[2]}]" if len(told) == 3 else told[0]


def quality():
    """All of them but those that take long: the steps of the search, and the model's answers."""
    for part in (found, policies, answerability, wrong_rate, routing, sample):
        yield from part()


PARTS = ("quality", "ablation", "citations")
