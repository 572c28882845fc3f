#!/usr/bin/env python3
"""What would int8 cost? nDCG@10 of a bi-encoder that re-ranks BM25's best, in fp32 and quantised dynamically.

    python benches/int8.py ONNX-FOLDER COLLECTION... [--queries 40] [--depth 15] [--max-length 96]

wants onnx, onnxruntime, tokenizers and bm25s. The model is one with mean pooling and three inputs, as MiniLM's. CPU time is
that of one thread. A difference of means has its standard error over queries beside it.
"""
import argparse, pathlib, subprocess, tempfile, time
import bm25s, numpy as np, onnxruntime, tokenizers
from onnxruntime.quantization import QuantType, quantize_dynamic
from scoring import lines


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def encode(model, tokenizer, texts):
    rows, by_length = [encoded.ids for encoded in tokenizer.encode_batch(texts)], {}
    for i, row in enumerate(rows):
        by_length.setdefault(len(row), []).append(i)
    vectors = np.zeros((len(texts), 0), np.float32)
    for length, members in by_length.items():
        most = max(1, 512 // length)
        for part in (members[i:i + most] for i in range(0, len(members), most)):
            ids = np.array([rows[i] for i in part])
            found = model.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0].mean(1)
            if not vectors.size:
                vectors = np.zeros((len(texts), found.shape[1]), np.float32)
            vectors[part] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return vectors


def ndcg(ranking, relevant):
    gain = lambda grades: sum(grade / np.log2(rank + 2) for rank, grade in enumerate(grades))
    ideal = gain(sorted(relevant.values(), reverse=True)[:10])
    return gain([relevant.get(document, 0) for document in ranking[:10]]) / ideal if ideal else 0.0


def judgements(folder):
    found = {}
    for path in (folder / "qrels").glob("test*"):
        text = path.read_text() if path.suffix != ".zst" else subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()
        for query, document, grade in (line.split("\t") for line in text.split("\n")[1:] if line):
            found.setdefault(query, {})[document] = int(grade)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("collections", type=pathlib.Path, nargs="+")
    for name, default in (("queries", 40), ("depth", 15), ("max-length", 96)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked, quiet = parser.parse_args(), {"show_progress": False}
    tokenizer = tokenizers.Tokenizer.from_file(str(asked.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(asked.max_length)
    with tempfile.TemporaryDirectory() as folder:
        models = {"fp32": asked.model / "model.onnx"}
        for name, per_channel in (("int8 per tensor", False), ("int8 per channel", True)):
            models[name] = pathlib.Path(folder) / f"{per_channel}.onnx"
            quantize_dynamic(str(models["fp32"]), str(models[name]), per_channel=per_channel, weight_type=QuantType.QInt8)
        models = {name: session(path) for name, path in models.items()}
    for collection in asked.collections:
        grades = judgements(collection)
        documents = {row["_id"]: f"{row.get('title', '')} {row['text']}".strip() for row in lines(collection, "corpus")}
        queries = sorted((row["_id"], row["text"]) for row in lines(collection, "queries") if row["_id"] in grades)[:asked.queries]
        ids, index = list(documents), bm25s.BM25()
        index.index(bm25s.tokenize(list(documents.values()), **quiet), **quiet)
        found, _ = index.retrieve(bm25s.tokenize([text for _, text in queries], **quiet), k=asked.depth, **quiet)
        candidates = [[ids[i] for i in row] for row in found]
        used = sorted({document for row in candidates for document in row})
        plain = None
        for name, model in models.items():
            start = time.process_time()
            of = dict(zip(used, encode(model, tokenizer, [documents[d] for d in used])))
            asking = encode(model, tokenizer, [text for _, text in queries])
            cpu = time.process_time() - start
            each = np.array([ndcg(sorted(row, key=lambda d: -float(vector @ of[d])), grades[query])
                             for (query, _), vector, row in zip(queries, asking, candidates)])
            plain = plain or (each, of)
            apart, worst = each - plain[0], min(float(of[d] @ plain[1][d]) for d in used)
            print(f"{collection.name} {name}: nDCG@10 {each.mean():.4f}, {apart.mean():+.4f} (standard error {apart.std() / len(each) ** 0.5:.4f}), "
                  f"worst cosine to fp32 {worst:.3f}, CPU {cpu:.1f} s, {len(queries)} queries, {len(used)} documents", flush=True)


if __name__ == "__main__":
    main()
