// SPDX-License-Identifier: Apache-2.0
// cel-spec's own tests of the language through `segmenta eval`. Needs Node and the tests, which are not part of this
// project:
//
//     npm install --prefix /tmp/cel @bufbuild/cel-spec@0.6.1
//     node tests/conformance/cel_spec.js /tmp/cel build/release/bin/segmenta
//
// Out of scope are protocol-buffer messages, enums, wrappers and extension fields, the `block` and `encoders` extensions,
// and tests of the checker alone. docs/rules.md names what differs and why. Exits with 1 below 99 %.
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");

const [folder, command] = process.argv.slice(2);
if (!folder || !command) {
    console.error("usage: node tests/conformance/cel_spec.js FOLDER-OF-NODE_MODULES SEGMENTA");
    process.exit(2);
}
const file = path.join(folder, "node_modules/@bufbuild/cel-spec/dist/cjs/testdata/conformance.js");
if (!fs.existsSync(file)) {
    console.log("SKIPPED: no tests at " + file + " (npm install --prefix " + folder + " @bufbuild/cel-spec@0.6.1)");
    process.exit(0);
}
// The data file is a module that holds one object; nothing else of the package is needed.
const holder = { exports: {} };
new Function("exports", "module", "require", fs.readFileSync(file, "utf8"))(holder.exports, holder, () => ({}));

const suitesOut = new Set(["block_ext", "encoders_ext", "proto2", "proto3", "proto2_ext", "enums", "wrappers", "dynamic"]);
const wordsOut = ["proto2", "proto3", "google.protobuf", "TestAllTypes", "objectValue", "enumValue"];

function collect(suite, names, out) {
    for (const test of suite.tests || []) out.push({ names, test: test.original });
    for (const inner of suite.suites || []) collect(inner, names.concat(inner.name), out);
}
const all = [];
collect(holder.exports.tests, [], all);
const chosen = all.filter(({ names, test }) => {
    const text = JSON.stringify(test);
    return !suitesOut.has(names[0]) && !test.checkOnly && !wordsOut.some((word) => text.includes(word));
});

// cel-spec checks every expression but those that say otherwise, also those that declare nothing.
const lines = chosen.map(({ test }) =>
    JSON.stringify({
        expr: test.expr, bindings: test.bindings, container: test.container,
        typeEnv: test.typeEnv || [], disableCheck: test.disableCheck,
    }));
const run = spawnSync(command, ["eval"], { input: lines.join("\n") + "\n", encoding: "utf8", maxBuffer: 1 << 28 });
const answers = run.stdout.trim().split("\n").map((line) => JSON.parse(line));
if (answers.length !== chosen.length) {
    console.error("expected " + chosen.length + " answers, got " + answers.length + "\n" + run.stderr);
    process.exit(1);
}

// A text that is the same for equal values; the order of a map's entries does not count, and 0 is -0 as in JSON.
function canonical(value) {
    if (value.mapValue)
        return "{" + (value.mapValue.entries || []).map((e) => canonical(e.key) + ":" + canonical(e.value)).sort().join() + "}";
    if (value.listValue) return "[" + (value.listValue.values || []).map(canonical).join() + "]";
    if ("doubleValue" in value) return "double " + (value.doubleValue === 0 ? 0 : value.doubleValue);
    return JSON.stringify(value);
}

let good = 0;
const bad = [];
chosen.forEach(({ names, test }, i) => {
    const answer = answers[i];
    const expected = test.value || (test.typedResult && test.typedResult.result) || { boolValue: true };
    const right = test.evalError ? "error" in answer : "value" in answer && canonical(answer.value) === canonical(expected);
    if (right) ++good;
    else bad.push(names.join("/") + "/" + test.name + ": " + test.expr + " gives " + JSON.stringify(answer));
});
for (const line of bad) console.log(line);
console.log(`${good} of ${chosen.length} pass (${(100 * good / chosen.length).toFixed(2)} %); ${all.length - chosen.length} out of scope`);
process.exit(good >= 0.99 * chosen.length ? 0 : 1);
