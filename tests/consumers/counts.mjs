// What Node's readers see in a junit.xml: reader, cases, failed, errors, skipped, and whether the message is there.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(join(process.cwd(), 'x'))
const [, , path, messagePath] = process.argv
const message = readFileSync(messagePath, 'utf8')
const row = (...cells) => console.log(cells.join('\t'))
const sum = (list, pick) => list.reduce((total, one) => total + pick(one), 0)

const { parse } = require('test-results-parser')
const seen = parse({ type: 'junit', files: [path] })
const cases = seen.suites.flatMap(suite => suite.cases)
const verdict = cases.find(one => one.name === 'verdict')
// It keeps no output of cases that pass.
const says = verdict.status === 'FAIL' ? verdict.failure === message : verdict.status === 'PASS'
row('test-results-parser', sum(seen.suites, s => s.total + s.skipped), sum(seen.suites, s => s.failed),
  sum(seen.suites, s => s.errors), cases.filter(c => c.status === 'SKIP').length, says ? 'yes' : 'no')
if (cases.filter(c => c.status === 'SKIP').length !== sum(seen.suites, s => s.skipped)) throw Error('skipped cases differ from the suites')

const home = join(process.cwd(), 'node_modules/xunit-viewer')
const load = file => import(pathToFileURL(join(home, file)).href)
const { default: getFiles } = await load('src/cli/get-files.js')
const { default: getSuites } = await load('src/cli/get-suites.js')
const logger = new Proxy({}, { get: () => text => text })
const files = await getFiles(logger, { results: path })
const { suites } = await getSuites(logger, files)
const tests = Object.values(suites).flatMap(suite => Object.values(suite.tests))
const of = status => tests.filter(test => test.status === status).length
const shown = tests.find(test => test.classname === 'distilgate.gate.verdict')
row('xunit-viewer', tests.length, of('failure'), of('error'), of('skipped'), shown.messages.some(text => text.trim() === message.trim()) ? 'yes' : 'no')
