"""`distilgate scan` over a data set that one machine would read for hours: on Spark, as the filter of each partition.

    spark-submit --conf spark.task.cpus=4 scan_pipe.py hdfs:///crawl hdfs:///found --against /shared/dl19 /shared/dl20

DATA is JSON lines (or tab-separated columns) that Spark reads; a record is a line, so nothing is lost where one partition ends
and the next begins. MATCHES, a new folder, gets what `scan --out` writes, with the true file and line of each match. The exit
code is that of the scan: 0 no evidence, 1 evidence, 3 something was not read; 2 and 4 are failures.

The program and the collections lie at the same paths on every machine. A process reads the collections anew for each
partition, so few large partitions are better than many small ones: --megabytes. Spark leaves out files and folders whose
names begin with a dot or an underscore. Data in other forms come as lines, too: `df.toJSON()` of any DataFrame can stand where
`lines` stands below.
"""
import argparse
import json
import shlex
import subprocess
import sys
import traceback

from pyspark.sql import SparkSession, functions as F

# 1 (evidence) and 3 (something unread) are answers and no failures: they become a line of their own. Any other status fails
# the task, which Spark tries again. Without `checkCode` what a process that died had not yet told would be missing unseen.
FILTER = """code=0; "$0" "$@" || code=$?; echo "{\\"status\\": $code}"; case $code in 0 | 1 | 3) ;; *) exit $code ;; esac"""
MATCH = """file string, line long, collection string, kind string, id string, document string, grade int, how string,
    similarity double, contained double, excerpt string"""
STRONGEST_FIRST = ["exact", "contained", "near", "part"]


def main():
    parser = argparse.ArgumentParser(description="distilgate scan as a filter of each partition")
    parser.add_argument("data", help="files or folders of lines, as Spark names them")
    parser.add_argument("matches", help="a new folder for the matches")
    parser.add_argument("--against", nargs="+", required=True, help="folders of collections, the same on every machine")
    parser.add_argument("--distilgate", default="/usr/local/bin/distilgate", help="the program, the same on every machine")
    parser.add_argument("--megabytes", type=int, default=512, help="size of a partition")
    asked = parser.parse_args()
    size = asked.megabytes << 20
    spark = (
        SparkSession.builder.appName("distilgate scan")
        .config("spark.hadoop.mapreduce.input.fileinputformat.split.minsize", size)
        .config("spark.hadoop.textinputformat.record.delimiter", "\n")  # as the scan has lines
        .getOrCreate()
    )
    threads = spark.conf.get("spark.task.cpus", "1")
    scan = [asked.distilgate, "scan", "-", "--against", *asked.against, "--threads", threads]
    # Nothing is scanned here, on the driver: a collection that cannot be read is said now, and not by each task.
    nothing = subprocess.run([*scan, "--format", "json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if nothing.returncode != 0:
        sys.exit(nothing.returncode)
    sought = {one["collection"]: one["queries_sought"] for one in json.loads(nothing.stdout)["collections"]}

    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(asked.data)
    files = sorted(files.select("path", "length").collect())
    if not files:
        print(f"{asked.data} holds nothing", file=sys.stderr)
        sys.exit(2)
    parts = [spark.sparkContext.textFile(path, max(1, -(-length // size))) for path, length in files]
    lines = spark.sparkContext.union(parts)
    begins = [(path, number == 0) for (path, _), part in zip(files, parts) for number in range(part.getNumPartitions())]
    # pyspark gives the process an empty environment, hence paths in full.
    command = shlex.join(["/bin/sh", "-c", FILTER, *scan, "--out", "-"])
    said = lines.pipe(command, checkCode=True).mapPartitionsWithIndex(with_partition).cache()

    statuses = said.filter(lambda one: "status" in one[1]).map(lambda one: (one[0], one[1]["status"])).collect()
    if len(statuses) != len(begins):
        raise RuntimeError(f"{len(begins)} partitions, but {len(statuses)} said that they were read")
    at = places(lines, begins)
    told = said.filter(lambda one: "status" not in one[1]).map(lambda one: json.dumps(placed(one[1], *at[one[0]])))
    spark.read.schema(MATCH).json(told).write.json(asked.matches)
    found = spark.read.schema(MATCH).json(asked.matches)

    show(found)
    print(f"{len(files)} files, {len(begins)} partitions, {found.count()} matches in {asked.matches}")
    unread = [number for number, status in statuses if status == 3]
    for number in unread:
        print(f"unread: {at[number][0]} from line {at[number][1] + 1} on; why stands in the log of its task", file=sys.stderr)
    evidence = any(status == 1 for _, status in statuses) or many_short_queries(found, sought)
    sys.exit(1 if evidence else 3 if unread else 0)


def with_partition(number, told):
    """Each line that a process printed, with the number of its partition."""
    return ((number, json.loads(line)) for line in told)


def places(lines, begins):
    """For each partition its file, and how many lines of the file stand before it: a second, fast reading."""
    counts = lines.mapPartitions(lambda part: [sum(1 for _ in part)]).collect()
    at, before = [], 0
    for (path, is_first), count in zip(begins, counts):
        before = 0 if is_first else before
        at.append((path.removeprefix("file:"), before))
        before += count
    return at


def placed(match, path, before):
    """A match with its true place: the process saw `standard input`, from its first line on."""
    return {**match, "file": path, "line": match["line"] + before}


def show(found):
    """Different queries, judgements and documents, each by the strongest evidence, as the scan's own table counts them."""
    strength = F.array_position(F.array([F.lit(how) for how in STRONGEST_FIRST]), F.col("how"))
    best = found.groupBy("collection", "kind", "id", "document").agg(F.min(strength).alias("best"), F.count("*").alias("n"))
    columns = [F.count(F.when(F.col("best") == n, 1)).alias(how) for n, how in enumerate(STRONGEST_FIRST, start=1)]
    best.groupBy("collection", "kind").agg(*columns, F.sum("n").alias("places")).orderBy("collection", "kind").show()


def many_short_queries(found, sought):
    """Queries of few words are evidence where a tenth of a collection's stand there, five at least: in all partitions together."""
    exact = found.where("kind = 'query' and how = 'exact'").groupBy("collection").agg(F.countDistinct("id").alias("n"))
    return any(row.n >= max(5, -(-sought[row.collection] // 10)) for row in exact.collect())


if __name__ == "__main__":
    try:
        main()
    except Exception:  # Python would exit with 1, which means evidence here
        traceback.print_exc()
        sys.exit(4)
