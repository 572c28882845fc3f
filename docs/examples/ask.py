"""Asks a re-ranking API for the score of each pair that distilgate names. Plain Python 3, nothing to install."""
import json
import os
import sys
import urllib.request


def score(query, text):
    # ---- your API, from here: this one has the form that Cohere, Jina, Voyage and vLLM share ...
    body = {"model": os.environ.get("RERANK_MODEL", ""), "query": query, "documents": [text]}
    key = "Bearer " + os.environ.get("RERANK_KEY", "")
    headers = {"Content-Type": "application/json", "Authorization": key}
    request = urllib.request.Request(os.environ["RERANK_URL"], json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["results"][0]["relevance_score"]
    # ---- ... to here


for line in sys.stdin:
    pair = json.loads(line)
    try:
        answer = {"query_id": pair["query_id"], "doc_id": pair["doc_id"], "score": score(pair["query"], pair["text"])}
    except OSError as error:  # no answer: the pair is left out here, and asked again in a new process
        print(f"{pair['query_id']} {pair['doc_id']}: {error}", file=sys.stderr)
        continue
    print(json.dumps(answer), flush=True)
