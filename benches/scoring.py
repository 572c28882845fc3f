#!/usr/bin/env python3
"""How fast is scoring, against sentence-transformers on the same machine, the same pairs and as many threads?

    cargo bench --bench scoring --no-run
    python benches/scoring.py ONNX-FOLDER TORCH-FOLDER BEIR-FOLDER [--queries 20] [--depth 20] [--threads 2]

wants sentence-transformers and bm25s; the ONNX backend of sentence-transformers is measured with --onnx-backend, if
optimum-onnx is installed. ONNX-FOLDER and TORCH-FOLDER are the same model. Every side reads plain texts and
gives fp32 scores, so tokenising counts. distilgate encodes each distinct text of a bi-encoder once; for
sentence-transformers both are told: `encode` of the distinct texts, and of the candidate lists as they are, where a
document comes once for each query that it is a candidate of. "as exported" is distilgate without the rewriting of the
graph, in the same rounds. Starting is not counted in any; how long distilgate takes to open the model is told. The
sides take turns, so that what else the machine does falls on all of them; medians are told. Wall
time is what a user waits; CPU time is what a side costs, and on a shared machine the one to believe.
"""
import argparse, importlib.metadata, importlib.util, json, os, pathlib, platform, statistics, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def lines(folder, name):
    plain = folder / f"{name}.jsonl"
    text = plain.read_text() if plain.exists() else subprocess.run(["zstd", "-dc", f"{plain}.zst"], capture_output=True, check=True).stdout.decode()
    return [json.loads(line) for line in text.split("\n") if line]


def make_pairs(folder, n_queries, depth):
    """The first queries by id, each with its best documents by BM25."""
    import bm25s
    documents = {row["_id"]: f"{row.get('title', '')} {row['text']}".strip() for row in lines(folder, "corpus")}
    queries = {row["_id"]: row["text"] for row in sorted(lines(folder, "queries"), key=lambda row: row["_id"])[:n_queries]}
    ids, quiet = list(documents), {"show_progress": False}
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(documents.values()), **quiet), **quiet)
    found, _ = index.retrieve(bm25s.tokenize(list(queries.values()), **quiet), k=depth, **quiet)
    candidates = {query: [ids[i] for i in row] for query, row in zip(queries, found)}
    used = {document for row in candidates.values() for document in row}
    return {"queries": queries, "documents": {d: documents[d] for d in sorted(used)}, "candidates": candidates}


class Ours:
    """The program of benches/scoring.rs, which scores once for each line that it is sent."""

    def __init__(self, model, pairs, threads, max_length, scores, *more):
        built = sorted((ROOT / "target/release/deps").glob("scoring-*"), key=lambda path: path.stat().st_mtime)
        program = [path for path in built if path.suffix in ("", ".exe")][-1]
        command = [program, model, pairs, "--threads", str(threads), "--max-length", str(max_length), "--scores", scores, *more]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready, self.scores_file = json.loads(self.child.stdout.readline()), scores

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def score(self):
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        self.child.stdout.readline()

    def scores(self):
        self.child.stdin.close()
        self.child.wait()
        return json.loads(pathlib.Path(self.scores_file).read_text())


class SentenceTransformers:
    def __init__(self, folder, pairs, threads, max_length, cross, backend, repeats=False):
        from sentence_transformers import CrossEncoder, SentenceTransformer
        self.pairs, self.cross, self.repeats, more = pairs, cross, repeats, {}
        if backend == "onnx":
            import onnxruntime
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            more["model_kwargs"] = {"file_name": "model.onnx", "session_options": options, "provider": "CPUExecutionProvider"}
        self.model = (CrossEncoder if cross else SentenceTransformer)(str(folder), device="cpu", backend=backend, **more)
        if cross:
            self.model.max_length = max_length
        else:
            self.model.max_seq_length = max_length

    cpu = staticmethod(time.process_time)

    def score(self):
        import torch
        queries, documents = self.pairs["queries"], self.pairs["documents"]
        wanted = [(q, d) for q, row in self.pairs["candidates"].items() for d in row]
        if self.cross:
            found = self.model.predict([(queries[q], documents[d]) for q, d in wanted], activation_fn=torch.nn.Identity(), show_progress_bar=False)
        elif self.repeats:
            of_query = dict(zip(queries, self.model.encode(list(queries.values()), show_progress_bar=False)))
            vectors = self.model.encode([documents[d] for _, d in wanted], show_progress_bar=False)
            found = [of_query[q] @ vector for (q, _), vector in zip(wanted, vectors)]
        else:
            of_query = dict(zip(queries, self.model.encode(list(queries.values()), show_progress_bar=False)))
            of_document = dict(zip(documents, self.model.encode(list(documents.values()), show_progress_bar=False)))
            found = [of_query[q] @ of_document[d] for q, d in wanted]
        self.found = {}
        for (q, d), score in zip(wanted, found):
            self.found.setdefault(q, {})[d] = float(score)

    def scores(self):
        return self.found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("onnx", "torch", "collection"):
        parser.add_argument(name, type=pathlib.Path)
    for name, default in (("queries", 20), ("depth", 20), ("threads", 2), ("rounds", 7), ("max-length", 256)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--onnx-backend", action="store_true")
    asked = parser.parse_args()
    os.environ.update(OMP_NUM_THREADS=str(asked.threads), HF_HUB_OFFLINE="1")
    import torch
    torch.set_num_threads(asked.threads)
    pairs = make_pairs(asked.collection, asked.queries, asked.depth)
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/pairs.json"
        pathlib.Path(file).write_text(json.dumps(pairs))
        ours = (asked.onnx, file, asked.threads, asked.max_length)
        sides = {"distilgate": Ours(*ours, f"{folder}/scores.json")}
        sides["distilgate, as exported"] = Ours(*ours, f"{folder}/exported.json", "--as-exported")
        cross = sides["distilgate"].ready["model"]["architecture"] == "cross-encoder"
        theirs = (pairs, asked.threads, asked.max_length, cross)
        sides["sentence-transformers, PyTorch"] = SentenceTransformers(asked.torch, *theirs, "torch")
        if not cross:
            sides["the same, lists with repeats"] = SentenceTransformers(asked.torch, *theirs, "torch", repeats=True)
        if asked.onnx_backend and importlib.util.find_spec("optimum") and importlib.util.find_spec("optimum.onnxruntime"):
            sides["sentence-transformers, ONNX"] = SentenceTransformers(asked.onnx, *theirs, "onnx")
        else:
            print("sentence-transformers' ONNX backend is left out: --onnx-backend and optimum-onnx are needed")
        wall, cpu = ({name: [] for name in sides} for _ in range(2))
        for turn in range(asked.rounds + 1):
            for name, side in sides.items():
                start, used = time.perf_counter(), side.cpu()
                side.score()
                if turn:  # the first turn warms everything up
                    wall[name].append(time.perf_counter() - start)
                    cpu[name].append(side.cpu() - used)
        opened = {name: side.ready["opened"] for name, side in sides.items() if isinstance(side, Ours)}
        ready, scores = sides["distilgate"].ready, {name: side.scores() for name, side in sides.items()}
    packages = [name for name in ("sentence-transformers", "transformers", "torch", "optimum-onnx", "onnxruntime") if importlib.util.find_spec(name.replace("-", "_")) or "optimum" in name]
    versions = []
    for name in packages:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            pass
    print(f"{platform.machine()}, {os.cpu_count()} processors, {asked.threads} threads; ours ONNX Runtime {ready['onnxruntime']['version']}; {', '.join(versions)}")
    print(f"{ready['model']['architecture']}, {ready['model']['parameters'] / 1e6:.1f} M parameters, {len(pairs['queries'])} queries, {len(pairs['documents'])} documents, "
          f"{sum(map(len, pairs['candidates'].values()))} pairs, at most {asked.max_length} tokens, median of {asked.rounds} rounds")
    print(f"graph {ready['graph']}; opened in", ", ".join(f"{seconds:.2f} s ({name})" for name, seconds in opened.items()))
    ours = "distilgate"
    for name in sides:
        ratio = lambda times: statistics.median(theirs / mine for theirs, mine in zip(times[name], times[ours]))
        apart = max(abs(scores[name][q][d] - scores[ours][q][d]) for q in scores[ours] for d in scores[ours][q])
        print(f"{name:32s} wall {statistics.median(wall[name]):7.2f} s, {ratio(wall):5.2f} times ours; CPU {statistics.median(cpu[name]):7.2f} s, "
              f"{ratio(cpu):5.2f} times ours; largest difference of scores {apart:.1e}")


if __name__ == "__main__":
    main()
