#!/usr/bin/env python3
"""Training beside sentence-transformers and plain PyTorch, in one run, interleaved.

    python3 benches/training.py real MODEL QUERIES CORPUS SCORES --bench BINARY    end to end on real text
    python3 benches/training.py step MODEL --bench BINARY --rows 16 --length 64    one step of a fixed shape

BINARY is what `cargo bench --bench training --no-run` names. Both sides get the same texts, groups and teacher's
scores (the binary dumps them), the same number of updates, AdamW, fp32; tokenising, padding and the optimiser count,
starting does not: the first two steps are left out. `real` uses sentence-transformers' own trainers and losses with
their defaults; `step` a plain PyTorch loop (eager, model.train(), dropout 0, sdpa attention) on ready tokens.
Prints a line of JSON for every repetition and the median ratio at the end: above 1 distilgate is faster.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

WARM = 2


def ours(a, files, extra):
    command = [a.bench, a.model, *map(str, files), "--steps", str(a.steps), "--groups", str(a.groups),
               "--candidates", str(a.candidates), "--threads", str(a.threads), *extra]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(out.splitlines()[-1])
    (wall0, cpu0), (wall1, cpu1) = found["ends"][WARM - 1], found["ends"][-1]
    n = len(found["ends"]) - WARM
    return {"wall": (wall1 - wall0) / n, "cpu": (cpu1 - cpu0) / n, "peak_mb": found["peak_kb"] / 1024,
            "losses": found["losses"]}


def theirs(a, groups, extra):
    """In a process of its own, so that memory and threads are its own."""
    command = [sys.executable, __file__, "child", a.mode, a.model, str(groups), "--threads", str(a.threads), *extra]
    child = subprocess.run(command, capture_output=True, text=True)
    if child.returncode:
        sys.exit(child.stderr[-4000:])
    return json.loads(child.stdout.splitlines()[-1])


class Clock:
    """Seconds per step after the first ones."""

    def __init__(self):
        self.ends = []

    def tick(self):
        self.ends.append((time.perf_counter(), time.process_time()))

    def result(self, losses):
        (wall0, cpu0), (wall1, cpu1) = self.ends[WARM - 1], self.ends[-1]
        n = len(self.ends) - WARM
        return {"wall": (wall1 - wall0) / n, "cpu": (cpu1 - cpu0) / n, "losses": losses,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def with_weights(model):
    """A copy of a model's folder with weights that PyTorch reads. They are random: time does not depend on them."""
    import shutil
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification

    folder = pathlib.Path(tempfile.mkdtemp()) / pathlib.Path(model).name
    shutil.copytree(model, folder, ignore=shutil.ignore_patterns("*.onnx"))
    torch.manual_seed(1)
    config = AutoConfig.from_pretrained(model)
    kind = AutoModelForSequenceClassification if "cross" in folder.name else AutoModel
    kind.from_config(config).save_pretrained(folder)
    return str(folder)


def child_real(model, steps, length):
    """sentence-transformers' trainer, with its defaults but for the number of updates and the order of the data."""
    import torch
    from datasets import Dataset
    from transformers import TrainerCallback

    clock = Clock()

    class Ticks(TrainerCallback):
        def on_step_end(self, *_, **__):
            clock.tick()

    groups = [group for step in steps for group in step]
    n = len(groups[0]["documents"])
    columns = {"query": [g["query"] for g in groups]}
    for i in range(n):
        columns[f"document{i}"] = [g["documents"][i] for g in groups]
    cross = "cross" in pathlib.Path(model).name
    # Margins to the first candidate: what the trainers' MarginMSELoss takes. The work for each pair is the same.
    columns["label"] = [[g["teacher"][0] - t for t in g["teacher"][1:]] for g in groups]
    data = Dataset.from_dict(columns)
    settings = {"output_dir": tempfile.mkdtemp(), "per_device_train_batch_size": len(steps[0]), "max_steps": len(steps),
                "report_to": [], "save_strategy": "no", "logging_strategy": "no", "disable_tqdm": True, "use_cpu": True,
                "learning_rate": 1e-4}
    if cross:
        from sentence_transformers import CrossEncoder
        from sentence_transformers.cross_encoder import CrossEncoderTrainer, CrossEncoderTrainingArguments
        from sentence_transformers.cross_encoder.losses import MarginMSELoss
        student = CrossEncoder(model, num_labels=1, device="cpu", **({"max_length": length} if length else {}))
        trainer = CrossEncoderTrainer(model=student, args=CrossEncoderTrainingArguments(**settings), train_dataset=data,
                                      loss=MarginMSELoss(student), callbacks=[Ticks()])
    else:
        from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
        from sentence_transformers import SentenceTransformerTrainingArguments
        from sentence_transformers.losses import MarginMSELoss
        student = SentenceTransformer(model, device="cpu")
        if length:
            student.max_seq_length = length
        trainer = SentenceTransformerTrainer(model=student, args=SentenceTransformerTrainingArguments(**settings),
                                             train_dataset=data, loss=MarginMSELoss(student), callbacks=[Ticks()])
    assert torch.get_num_threads() >= 1
    trainer.train()
    return clock.result([])


def child_step(model, steps, length):
    """A plain PyTorch loop over ready tokens of one length."""
    import torch
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    cross = "cross" in pathlib.Path(model).name
    tokenizer = AutoTokenizer.from_pretrained(model)
    kind = AutoModelForSequenceClassification if cross else AutoModel
    net = kind.from_pretrained(model, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                               attn_implementation="sdpa").train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4, weight_decay=0.01)
    cut = {"truncation": True, "max_length": length, "padding": True, "return_tensors": "pt"}
    clock, losses = Clock(), []
    ready = []
    for step in steps:
        documents = [d for g in step for d in g["documents"]]
        teacher = torch.tensor([g["teacher"] for g in step])
        if cross:
            pairs = [g["query"] for g in step for _ in g["documents"]]
            ready.append((tokenizer(pairs, documents, **cut), None, teacher))
        else:
            ready.append((tokenizer([g["query"] for g in step], **cut), tokenizer(documents, **cut), teacher))

    def pooled(tokens):
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        hidden = net(**tokens).last_hidden_state
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    for first, second, teacher in ready:
        if cross:
            scores = net(**first).logits.view(teacher.shape)
        else:
            scores = 20 * (pooled(second).view(*teacher.shape, -1) * pooled(first).unsqueeze(1)).sum(-1)
        margins = scores.unsqueeze(2) - scores.unsqueeze(1) - (teacher.unsqueeze(2) - teacher.unsqueeze(1))
        loss = torch.nn.functional.mse_loss(margins, torch.zeros_like(margins))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        clock.tick()
    return clock.result(losses)


def child(arguments):
    p = argparse.ArgumentParser()
    p.add_argument("mode")
    p.add_argument("model")
    p.add_argument("groups")
    p.add_argument("--threads", type=int, required=True)
    p.add_argument("--max-length", type=int)
    a = p.parse_args(arguments)
    import torch
    torch.set_num_threads(a.threads)
    steps = json.loads(pathlib.Path(a.groups).read_text())
    run = child_real if a.mode == "real" else child_step
    print(json.dumps(run(with_weights(a.model), steps, a.max_length)))


def made_up(folder, a):
    """Texts that are longer than what is read, so that every row has the same length."""
    words = ["alpha", "river", "stone", "music", "green", "window", "paper", "signal"]
    def text(i, n):
        return " ".join(words[(i * 7 + k * k) % len(words)] for k in range(n))
    files = [folder / "queries.jsonl", folder / "corpus.jsonl", folder / "scores.tsv"]
    n = 200
    query_words = 12 if "cross" in pathlib.Path(a.model).name else 3 * a.length
    files[0].write_text("".join(json.dumps({"_id": f"q{i}", "text": text(i, query_words)}) + "\n" for i in range(40)))
    files[1].write_text("".join(json.dumps({"_id": f"d{i}", "text": text(i, 3 * a.length)}) + "\n" for i in range(n)))
    rows = (f"q{q}\td{d}\t{(q * 31 + d * 17) % 101}\n" for q in range(40) for d in range(q, q + 60))
    files[2].write_text("".join(rows))
    return files


def main():
    p = argparse.ArgumentParser()
    p.add_argument("mode", choices=["real", "step"])
    p.add_argument("model")
    p.add_argument("files", nargs="*")
    p.add_argument("--bench", required=True)
    p.add_argument("--steps", type=int, default=12)
    p.add_argument("--groups", type=int, default=4)
    p.add_argument("--candidates", type=int, default=8)
    p.add_argument("--rows", type=int, help="documents of a step, instead of --groups")
    p.add_argument("--length", type=int, help="tokens of every row (step), or at most (real)")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--repeats", type=int, default=3)
    a = p.parse_args()
    if a.rows:
        a.groups, a.candidates = a.rows // 4, 4
    extra = ["--max-length", str(a.length)] if a.length else []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        files = made_up(folder, a) if a.mode == "step" else a.files
        groups = folder / "groups.json"
        ours_dump = [a.bench, a.model, *map(str, files), "--steps", str(a.steps), "--groups", str(a.groups),
                     "--candidates", str(a.candidates), "--dump", str(groups)]
        subprocess.run(ours_dump, check=True)
        ratios = {"wall": [], "cpu": []}
        for _ in range(a.repeats):
            one, other = ours(a, files, extra), theirs(a, groups, extra)
            for key in ratios:
                ratios[key].append(other[key] / one[key])
            pairs = a.groups * a.candidates
            print(json.dumps({"ours": {k: v for k, v in one.items() if k != "losses"},
                              "theirs": {k: v for k, v in other.items() if k != "losses"},
                              "pairs_per_second": [pairs / one["wall"], pairs / other["wall"]]}), flush=True)
        print(json.dumps({"median_ratio": {key: statistics.median(found) for key, found in ratios.items()},
                          "threads": a.threads, "model": pathlib.Path(a.model).name, "mode": a.mode,
                          "rows": a.groups * a.candidates, "length": a.length}))


if __name__ == "__main__":
    child(sys.argv[2:]) if sys.argv[1:2] == ["child"] else main()
