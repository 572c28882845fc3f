"""What Python's readers see in a junit.xml: reader, cases, failed, errors, skipped, and whether the message is there."""

import html
import re
import subprocess
import sys
import xml.etree.ElementTree as tree

from junitparser import JUnitXml
from lxml import etree

schema, path, message_path = sys.argv[1:]


def row(reader, cases, failed, errors, skipped, message):
    print(reader, cases, failed, errors, skipped, "yes" if message else "no", sep="\t")


# The truth, by the XML alone.
cases = list(tree.parse(path).getroot().iter("testcase"))
truth = next(case for case in cases if case.get("classname") == "distilgate.gate.verdict")
failure = truth.find("failure")
message = failure.get("message") if failure is not None else truth.find("system-out").text
open(message_path, "w", encoding="utf-8").write(message)
count = lambda tag: sum(1 for case in cases if case.find(tag) is not None)
row("the elements", len(cases), count("failure"), count("error"), count("skipped"), message)

# The schema that Jenkins' xUnit plugin holds JUnit files to.
document = etree.parse(path)
if not etree.XMLSchema(etree.parse(schema)).validate(document):
    sys.exit("not valid by junit-10.xsd")
row("Jenkins' junit-10.xsd", *(int(document.xpath(f"sum(//testsuite/@{name})")) for name in ["tests", "failures", "errors", "skipped"]), True)

suites = list(JUnitXml.fromfile(path))
verdict = next(case for suite in suites for case in suite if case.classname == "distilgate.gate.verdict")
shown = verdict.result[0].message if verdict.result else verdict.system_out
row("junitparser", *(sum(getattr(suite, name) for suite in suites) for name in ["tests", "failures", "errors", "skipped"]), shown == message)

matrix = subprocess.run([sys.executable, "-m", "junit2htmlreport", "--summary-matrix", path], capture_output=True, text=True).stdout
tally = {name: int(number) for name, number in re.findall(r"^  (\w+)\s*:\s*(\d+)$", matrix, re.M)}
subprocess.run([sys.executable, "-m", "junit2htmlreport", path, "junit2html.html"], check=True, capture_output=True)
page = open("junit2html.html", encoding="utf-8").read()
shown = html.unescape(page)
bad = tally.get("Failed", 0)
row("junit2html", sum(tally.values()), bad, tally.get("Error", 0), tally.get("Skipped", 0), message.splitlines()[0] in shown)
