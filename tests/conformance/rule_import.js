// Imported rules against the engines that they come from: random conditions and records, evaluated by the original in
// JavaScript and, after `segmenta import`, by `segmenta eval`. Needs Node and the originals, which are not part of this
// project:
//
//     npm install --prefix /tmp/imp json-logic-js@2.0.5 @growthbook/growthbook@1.8.0 react-querybuilder@8.24.1
//     node tests/conformance/rule_import.js /tmp/imp build/release/bin/segmenta [RULES [SEED]]
//
// RULES (10,000) conditions of each dialect, four records each, are asked twice: as `--missing as-source`, which must
// answer as the original, and as `--missing unknown`, which may answer unknown where the rule reads what is missing.
// Every difference must have one of the reasons listed here and in docs/rules.md; any other ends with 1.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const { spawnSync } = require("child_process");

const [folder, command, rulesText, seedText] = process.argv.slice(2);
if (!folder || !command) {
    console.error("usage: node tests/conformance/rule_import.js FOLDER-OF-NODE_MODULES SEGMENTA [RULES [SEED]]");
    process.exit(2);
}
const modules = path.join(folder, "node_modules");
if (!fs.existsSync(path.join(modules, "json-logic-js"))) {
    console.log("SKIPPED: no packages at " + modules + " (see the head of this file)");
    process.exit(0);
}
const jsonLogic = require(path.join(modules, "json-logic-js"));
const { evalCondition } = require(path.join(modules, "@growthbook/growthbook/dist/cjs/mongrule.js"));
const { formatQuery } = require(path.join(modules, "@react-querybuilder/core/dist/formatQuery.js"));
jsonLogic.add_operation("startsWith", (a, b) => typeof a === "string" && a.startsWith(b));
jsonLogic.add_operation("endsWith", (a, b) => typeof a === "string" && a.endsWith(b));

const ruleCount = Number(rulesText || 10000);
const seed = Number(seedText || Date.now() % 1000000007);
const recordsPerRule = 4;

// --- dice: mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c ------------------------------
let state = seed >>> 0;
function random() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const chance = (p) => random() < p;
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const several = (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make);

// --- the data ---------------------------------------------------------------------------------------------------------------
const types = { age: "int64", points: "int64", spent: "double", city: "string", name: "string", vip: "bool", tags: "set" };
const schema = { attributes: Object.entries(types).map(([name, type]) => ({ name, type })) };
const names = (type) => Object.keys(types).filter((name) => !type || types[name] === type);
const texts = ["A", "B", "Ab", "", "10", "null", "7"];
const numbers = ["age", "points", "spent"];
const isNumber = (name) => numbers.includes(name);

function valueOf(type) {
    if (type === "int64") return below(9) - 2;
    if (type === "double") return (below(19) - 4) / 2;
    if (type === "string") return pick(texts);
    if (type === "bool") return chance(0.5);
    return texts.filter(() => chance(0.3));
}
function record() {
    const out = {};
    for (const [name, type] of Object.entries(types)) {
        if (chance(0.8)) out[name] = valueOf(type);
        else if (chance(0.2)) out[name] = null;
    }
    return out;
}
// Now and then a constant of another type than the attribute has, which JavaScript juggles with.
function constantFor(name) {
    const type = types[name] === "set" ? "string" : types[name];
    if (!chance(0.04)) return valueOf(type);
    if (isNumber(name)) return String(valueOf(type));
    if (type === "string") return below(12);
    return type === "bool" ? pick([0, 1, "true"]) : valueOf("string");
}

// --- random conditions ------------------------------------------------------------------------------------------------------
const read = (name) => ({ var: name });

function logicComparison() {
    const name = pick(names().filter((n) => types[n] !== "set"));
    const equality = ["==", "!=", "===", "!=="];
    const operator = types[name] === "bool" ? pick(equality) : pick(equality.concat("<", "<=", ">", ">="));
    if (chance(0.2)) {
        const other = pick(isNumber(name) ? numbers : names(types[name]));
        return { [operator]: [read(name), read(other)] };
    }
    const sides = [read(name), equality.includes(operator) && chance(0.05) ? null : constantFor(name)];
    return { [operator]: chance(0.2) ? sides.reverse() : sides };
}
function logicNumber() {
    const name = pick(["age", "points", "spent"]);
    const whole = pick(["age", "points"]);
    switch (below(7)) {
    case 0: return { "+": [read(name), valueOf("int64")] };
    case 1: return { "-": [read(name), read(pick(numbers))] };
    case 2: return { "*": [read(name), pick([2, 0.5, -1]), read(pick(numbers))] };
    case 3: return { "/": [read(name), pick([2, 4, -0.5])] };
    case 4: return { "%": [read(whole), pick([2, 3])] };
    case 5: return { [pick(["min", "max"])]: [read(name), read(pick(numbers)), valueOf("int64")] };
    default: return { "-": [read(name)] };
    }
}
function logicText() {
    const name = pick(names("string"));
    if (chance(0.4)) return { cat: [read(name), pick(["", "-"]), read(pick(names("string").concat("age")))] };
    const shape = [read(name), below(5) - 2];
    if (chance(0.6)) shape.push(below(5) - 2);
    return { substr: shape };
}
function logicLeaf() {
    switch (below(12)) {
    case 0: case 1: case 2: case 3: return logicComparison();
    case 4: return { [pick(["<", "<="])]: [valueOf("int64"), read(pick(numbers)), valueOf("int64")] };
    case 5: {
        const name = pick(names().filter((n) => types[n] !== "set"));
        const list = several(0, 4, () => (chance(0.05) ? null : constantFor(name)));
        return { in: [read(name), list] };
    }
    case 6: return chance(0.5) ? { in: [pick(texts), read("tags")] } : { in: [pick(texts), read(pick(names("string")))] };
    case 7: {
        const keys = several(1, 3, () => pick(names().filter((n) => types[n] !== "set")));
        return { "!!": [chance(0.5) ? { missing: keys } : { missing_some: [1 + below(keys.length + 1), keys] }] };
    }
    case 8: return { [pick(["some", "none"])]: [read("tags"), chance(0.5) ? { "==": [read(""), pick(texts)] }
                                                                       : { in: [read(""), several(1, 3, () => pick(texts))] }] };
    case 9: return { [pick(["<", ">=", "==", "!="])]: [logicNumber(), valueOf("double")] };
    case 10: return { [pick(["==", "!="])]: [logicText(), pick(texts)] };
    default: {
        const name = pick(names().filter((n) => types[n] !== "set"));
        if (chance(0.5)) return { [pick(["!", "!!"])]: [read(name)] };
        const type = types[name];
        return { [pick(["==", "!="])]: [{ var: [name, type === "double" ? valueOf("double") : valueOf(type)] }, valueOf(type)] };
    }
    }
}
function logicCondition(depth) {
    if (depth === 0 || chance(0.35)) return logicLeaf();
    const next = () => logicCondition(depth - 1);
    switch (below(4)) {
    case 0: return { "!": [next()] };
    case 1: return { if: [next(), next(), next()] };
    default: return { [pick(["and", "or"])]: several(1, 3, () => (chance(0.1) ? read(pick(names())) : next())) };
    }
}

function conditionOperators(name) {
    const list = () => several(0, 3, () => (chance(0.05) ? null : constantFor(name)));
    const type = types[name];
    const any = [() => ({ $exists: chance(0.5) }), () => ({ $type: pick(["string", "number", "boolean", "array", "null"]) })];
    if (type === "set") {
        return pick(any.concat([() => ({ [pick(["$in", "$nin"])]: several(1, 3, () => pick(texts)) }),
                                () => ({ $all: several(1, 2, () => pick(texts)) }),
                                () => ({ $size: pick([0, 1, 2, { $gt: 1 }, { $lte: 2 }]) }),
                                () => ({ $elemMatch: pick([{ $eq: pick(texts) }, { $in: several(1, 2, () => pick(texts)) }]) }),
                                () => ({ $not: conditionOperators(name) })]))();
    }
    const more = [() => ({ [pick(["$eq", "$ne"])]: chance(0.1) ? null : constantFor(name) }),
                  () => ({ [pick(["$in", "$nin"])]: list() }),
                  () => ({ $not: chance(0.5) ? conditionOperators(name) : constantFor(name) })];
    if (type !== "bool") more.push(() => ({ [pick(["$lt", "$lte", "$gt", "$gte"])]: constantFor(name) }));
    if (type !== "bool") more.push(() => ({ $gte: valueOf(type), $lt: valueOf(type) }));
    if (type === "string") more.push(() => ({ [pick(["$ini", "$nini"])]: several(0, 3, () => pick(texts).toLowerCase()) }));
    if (type !== "bool") more.push(() => ({ [pick(["$regex", "$regexi"])]: pick(["^A", "b$", "ul", "[0-9]", "a|1", "^$"]) }));
    return pick(any.concat(more))();
}
function mongoCondition(depth) {
    const out = {};
    for (let i = below(2); i >= 0; --i) {
        if (depth > 0 && chance(0.5)) {
            const operator = pick(["$and", "$or", "$nor", "$not"]);
            out[operator] = operator === "$not" ? mongoCondition(depth - 1) : several(1, 3, () => mongoCondition(depth - 1));
            continue;
        }
        const name = pick(names());
        if (types[name] === "set") out[name] = chance(0.2) ? valueOf("set") : conditionOperators(name);
        else if (chance(0.3)) out[name] = chance(0.1) ? null : constantFor(name);
        else out[name] = conditionOperators(name);
    }
    return out;
}

function builderRule() {
    const field = pick(names());
    const type = types[field];
    const value = () => (isNumber(field) ? String(valueOf(type)) : valueOf(type === "set" ? "string" : type));
    const filled = () => pick(texts.filter((text) => text !== ""));
    const presence = { field, operator: pick(["null", "notNull"]), value: null };
    if (chance(0.1)) return presence;
    if (type === "set") return { field, operator: pick(["contains", "doesNotContain"]), value: filled() };
    if (type === "bool") return { field, operator: pick(["=", "!="]), value: value() };
    switch (below(type === "string" ? 5 : 3)) {
    case 0: {
        const values = isNumber(field) ? several(1, 3, value) : several(1, 3, filled);
        return { field, operator: pick(["in", "notIn"]), value: chance(0.5) ? values : values.join(", ") };
    }
    case 1: return { field, operator: pick(["between", "notBetween"]), value: isNumber(field) ? [value(), value()] : [filled(), filled()] };
    case 2: {
        const operator = pick(["=", "!=", "<", "<=", ">", ">="]);
        if (!chance(0.2)) return { field, operator, value: value() };
        return { field, operator, value: pick(isNumber(field) ? numbers : names(type)), valueSource: "field" };
    }
    default: return { field, operator: pick(["contains", "beginsWith", "endsWith", "doesNotContain", "doesNotBeginWith", "doesNotEndWith"]),
                      value: filled() };
    }
}
// A query has combinators of its own between all its rules, or one in each of its groups.
function builderGroup(depth, independent) {
    const part = () => (depth === 0 || chance(0.5) ? builderRule() : builderGroup(depth - 1, independent));
    const rules = several(1, 4, part);
    const out = independent ? { rules: rules.flatMap((rule, i) => (i === 0 ? [rule] : [pick(["and", "or"]), rule])) }
                            : { combinator: pick(["and", "or"]), rules };
    if (chance(0.3)) out.not = true;
    return out;
}
const fields = Object.entries(types).map(([name, type]) => ({ name, label: name, inputType: isNumber(name) ? "number" : "text", type }));
const format = (query, target) => formatQuery(query, { format: target, parseNumbers: "strict-limited", fields });

// Records with fields of fields, lists and lists of records, which a schema has no types for.
function nestedRecord() {
    const order = () => ({ amount: below(6), ...(chance(0.8) ? { city: pick(["A", "B"]) } : {}) });
    const out = {};
    if (chance(0.8)) out.address = chance(0.8) ? { city: pick(["A", "B"]), floor: below(4) } : {};
    if (chance(0.8)) out.orders = several(0, 3, order);
    if (chance(0.8)) out.scores = several(0, 3, () => below(6));
    return out;
}
function nestedMongo(depth) {
    if (depth > 0 && chance(0.4)) return { [pick(["$and", "$or", "$nor"])]: several(1, 3, () => nestedMongo(depth - 1)) };
    const number = () => pick([{ $gt: below(6) }, { $lte: below(6) }, { $eq: below(6) }, { $ne: below(6) }, { $in: [below(6), below(6)] }]);
    return pick([() => ({ "address.city": pick([pick(["A", "B"]), { $ne: "A" }, { $in: ["A"] }, { $exists: chance(0.5) }, null]) }),
                 () => ({ "address.floor": number() }),
                 () => ({ orders: { $elemMatch: { amount: number(), ...(chance(0.5) ? { city: pick([pick(["A", "B"]), { $ne: "A" }]) } : {}) } } }),
                 () => ({ scores: { $elemMatch: number() } }),
                 () => ({ scores: { $all: several(1, 2, () => pick([below(6), number()])) } }),
                 () => ({ [pick(["scores", "orders"])]: { $size: pick([below(4), number()]) } }),
                 () => ({ scores: { $not: { $size: 0 } } }),
                 () => ({ scores: several(0, 2, () => below(6)) })])();
}
function nestedLogic(depth) {
    if (depth > 0 && chance(0.4)) return pick([{ "!": [nestedLogic(depth - 1)] }, { [pick(["and", "or"])]: several(1, 3, () => nestedLogic(depth - 1)) }]);
    const relation = (left) => ({ [pick(["<", "<=", ">", ">=", "==", "!="])]: [left, below(6)] });
    const ofOrder = () => pick([relation(read("amount")), { [pick(["==", "!="])]: [read("city"), "A"] }, { in: [read("city"), ["A"]] }]);
    const test = pick(["some", "all", "none"]);
    return pick([() => ({ [pick(["==", "!="])]: [read("address.city"), pick(["A", "B"])] }),
                 () => relation(read("address.floor")),
                 () => ({ [test]: [read("orders"), ofOrder()] }),
                 () => ({ [test]: [read("scores"), relation(read(""))] }),
                 () => ({ [test]: [{ filter: [read("orders"), ofOrder()] }, ofOrder()] }),
                 () => ({ in: [below(6), { map: [read("scores"), { "+": [read(""), 1] }] }] }),
                 () => ({ in: [below(6), read("scores")] })])();
}

// --- what may differ ----------------------------------------------------------------------------------------------------------
// Calls visit(operator, operand) for every member of every object in the condition.
function walk(node, visit) {
    if (Array.isArray(node)) return node.forEach((one) => walk(one, visit));
    if (node === null || typeof node !== "object") return;
    for (const [key, value] of Object.entries(node)) {
        visit(key, value);
        walk(value, visit);
    }
}
function some(node, test) {
    let found = false;
    walk(node, (key, value) => { found = found || test(key, value); });
    return found;
}
const jsTypes = { int64: "number", double: "number", string: "string", bool: "boolean" };
const foreign = (name, value) => value !== null && name in types && types[name] !== "set" && typeof value !== jsTypes[types[name]];
const nameIn = (node) => (node && typeof node === "object" && typeof node.var === "string" ? node.var : node && Array.isArray(node.var) ? node.var[0] : null);

// Attributes the condition reads.
function reads(node, dialect) {
    const found = new Set();
    walk(node, (key, value) => {
        if (dialect === "jsonlogic" && key === "var") found.add(Array.isArray(value) ? value[0] : value);
        if (dialect === "growthbook" && key in types) found.add(key);
        if (dialect === "react-querybuilder" && key === "field") found.add(value);
        if (dialect === "react-querybuilder" && key === "value" && typeof value === "string" && value in types) found.add(value);
    });
    return found;
}
const isMissing = (data, name) => !(name in data) || data[name] === null;

function readsMissing({ rule, dialect, data }) {
    if ([...reads(rule, dialect)].some((name) => isMissing(data, name))) return true;
    const text = JSON.stringify(rule); // and of records without a schema
    return ["orders", "scores"].some((name) => text.includes(name) && !(name in data)) ||
        (text.includes("orders") && text.includes("city") && (data.orders || []).some((order) => !("city" in order))) ||
        (text.includes("address") && !(data.address && "city" in data.address));
}

// An attribute and a constant of another type meet: 5 and "5".
function jugglesTypes(rule, dialect) {
    if (dialect === "jsonlogic") {
        return some(rule, (key, value) => {
            if (!["==", "!=", "===", "!==", "in", "<", "<=", ">", ">="].includes(key) || !Array.isArray(value)) return false;
            const name = value.map(nameIn).find((one) => one);
            return !!name && value.some((one) => (Array.isArray(one) ? one : [one]).some((v) => (v === null || typeof v !== "object") && foreign(name, v)));
        });
    }
    if (dialect !== "growthbook") return false;
    return some(rule, (name, value) => {
        if (!(name in types)) return false;
        if (foreign(name, value) && (value === null || typeof value !== "object")) return true;
        return some(value, (_, v) => (Array.isArray(v) ? v : [v]).some((one) => (one === null || typeof one !== "object") && foreign(name, one)));
    });
}
const reasons = {
    "unknown: the rule reads what is missing": (c) => c.mode === "unknown" && c.ours === undefined && readsMissing(c),
    "type juggling: a constant of another type": (c) => jugglesTypes(c.rule, c.dialect),
    "null that is there does not take the default": (c) =>
        c.dialect === "jsonlogic" && some(c.rule, (key, value) => key === "var" && Array.isArray(value) && value.length === 2 && c.data[value[0]] === null),
    "unknown: the value that is missing would be the answer": (c) => c.dialect === "jsonlogic" && c.ours === undefined && c.theirs === null,
    "the empty text holds the empty text": (c) => c.dialect === "jsonlogic" && some(c.rule, (key, value) => key === "in" && value[0] === "" && c.data[nameIn(value[1])] === ""),
    "between numbers, of a text": (c) => betweenNumbersOfText(c.rule),
    "null beside text, in an order": (c) => c.dialect !== "growthbook" && [...reads(c.rule, c.dialect)].some((name) => types[name] === "string" && isMissing(c.data, name)) &&
        ordersTexts(c.rule, c.dialect),
};
// Two text attributes in an order: null is 0 and so may be the other one, if it is the text of a number.
function ordersTexts(rule, dialect) {
    if (dialect === "react-querybuilder")
        return JSON.stringify(rule).includes("valueSource");
    return some(rule, (key, value) => ["<", "<=", ">", ">="].includes(key) && Array.isArray(value) && value.filter((one) => types[nameIn(one)] === "string").length > 1);
}

// formatQuery takes what looks like a number for one in between, whatever the field.
function betweenNumbersOfText(rule) {
    if (rule.rules) return rule.rules.some(betweenNumbersOfText);
    return /between/i.test(rule.operator) && types[rule.field] === "string" && rule.value.some((value) => /^[0-9]+$/.test(value));
}

// --- asking both ----------------------------------------------------------------------------------------------------------------
function lines(argv, input) {
    const run = spawnSync(command, argv, { input: input.map((line) => JSON.stringify(line)).join("\n") + "\n", encoding: "utf8", maxBuffer: 1 << 30 });
    const out = run.stdout.split("\n");
    out.pop();
    if (out.length !== input.length) throw new Error("expected " + input.length + " lines from " + argv[0] + ", got " + out.length + "\n" + run.stderr);
    return out.map((line) => JSON.parse(line));
}
function celValue(value, type) {
    if (type === undefined) return untyped(value);
    if (type === "int64") return { int64Value: String(value) };
    if (type === "double") return { doubleValue: value };
    if (type === "bool") return { boolValue: value };
    if (type === "string") return { stringValue: value };
    return { listValue: { values: value.map((text) => ({ stringValue: text })) } };
}
function untyped(value) {
    if (typeof value === "string") return { stringValue: value };
    if (typeof value === "number") return { int64Value: String(value) };
    if (Array.isArray(value)) return { listValue: { values: value.map(untyped) } };
    return { mapValue: { entries: Object.entries(value).map(([key, one]) => ({ key: { stringValue: key }, value: untyped(one) })) } };
}
function bindingsOf(data) {
    const out = {};
    const entries = [];
    for (const [name, value] of Object.entries(data)) {
        if (value === null) continue; // for segmenta, null is missing
        const bound = celValue(value, types[name]);
        out[name] = { value: bound };
        entries.push({ key: { stringValue: name }, value: bound });
    }
    out.customer = { value: { mapValue: { entries } } };
    return out;
}
// true, false, another value, or undefined where the rule is unknown
function plain(answer) {
    if (!("value" in answer)) return undefined;
    const [kind, value] = Object.entries(answer.value)[0];
    return kind === "int64Value" ? Number(value) : kind === "nullValue" ? null : kind === "listValue" ? [] : value;
}

const dialects = {
    jsonlogic: { make: () => logicCondition(3), original: (rule, data) => jsonLogic.apply(rule, data) },
    growthbook: { make: () => mongoCondition(2), original: (rule, data) => evalCondition(data, rule) },
    "react-querybuilder": {
        make: () => builderGroup(2, chance(0.3)),
        original: (rule, data) => jsonLogic.truthy(jsonLogic.apply(format(rule, "jsonlogic"), data)),
    },
};
const schemaFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "segmenta-import-")), "schema.json");
fs.writeFileSync(schemaFile, JSON.stringify(schema));
const refusable = new Set(["import.type", "rule.type"]); // a value the attribute cannot have, as JavaScript lets it
let bad = 0;
function report(text, counts) {
    console.log(text);
    for (const [reason, count] of Object.entries(counts).sort((a, b) => b[1] - a[1])) console.log("    " + String(count).padStart(7) + "  " + reason);
}
function compare(dialect, mode, cases, schemaArguments = ["--schema", schemaFile]) {
    const counts = {};
    const count = (reason) => { counts[reason] = (counts[reason] || 0) + 1; };
    const imported = lines(["import", "--from", dialect, ...schemaArguments, "--missing", mode, "--json"], cases.map((one) => one.rule));
    const asked = [];
    imported.forEach((answer, i) => {
        if ("rule" in answer) return cases[i].records.forEach((data) => asked.push({ dialect, mode, rule: cases[i].rule, text: answer.rule, data }));
        const code = /\[([a-z_.]+)\]$/m.exec(answer.error)[1];
        if (refusable.has(code)) return count("(rules refused with " + code + ")");
        if (++bad <= 10) console.log("REFUSED " + JSON.stringify(cases[i].rule) + "\n    " + answer.error);
        return count("REFUSED");
    });
    const answers = lines(["eval"], asked.map((one) => ({ expr: one.text, bindings: bindingsOf(one.data) })));
    let same = 0;
    asked.forEach((one, i) => {
        one.ours = plain(answers[i]);
        one.theirs = dialects[dialect].original(one.rule, one.data);
        const agree = typeof one.ours === "boolean" ? one.ours === jsonLogic.truthy(one.theirs) : one.ours !== undefined && JSON.stringify(one.ours) === JSON.stringify(one.theirs);
        if (agree) return ++same;
        const reason = Object.keys(reasons).find((name) => reasons[name](one));
        count(reason || "UNEXPLAINED");
        if (!reason && ++bad <= 10)
            console.log("UNEXPLAINED " + JSON.stringify({ dialect, mode, rule: one.rule, text: one.text, data: one.data, ours: answers[i], theirs: one.theirs }));
        return undefined;
    });
    report(dialect + (schemaArguments.length > 0 ? "" : " without names") + ", --missing " + mode + ": " + cases.length + " rules, " + asked.length + " answers, " + same + " the same", counts);
}

console.log("seed " + seed + ", " + ruleCount + " rules of each dialect, " + recordsPerRule + " records each");
for (const [dialect, { make }] of Object.entries(dialects)) {
    const cases = Array.from({ length: ruleCount }, () => ({ rule: make(), records: several(recordsPerRule, recordsPerRule, record) }));
    compare(dialect, "as-source", cases);
    compare(dialect, "unknown", cases);
    if (dialect === "react-querybuilder") compareWithOwnCel(cases);
}
for (const [dialect, make] of [["jsonlogic", nestedLogic], ["growthbook", nestedMongo]]) {
    const cases = Array.from({ length: ruleCount }, () => ({ rule: make(2), records: several(recordsPerRule, recordsPerRule, nestedRecord) }));
    compare(dialect, "as-source", cases, []);
    compare(dialect, "unknown", cases, []);
}

// formatQuery also writes CEL: its rules and ours mean the same where nothing is missing. It has no words for null, and
// asks lists for parts as if they were texts.
function compareWithOwnCel(cases) {
    const full = cases.filter(({ rule }) => !/"(null|notNull)"|"tags"/.test(JSON.stringify(rule)) && !betweenNumbersOfText(rule));
    const imported = lines(["import", "--from", "react-querybuilder", "--schema", schemaFile, "--json"], full.map((one) => one.rule));
    const asked = [];
    full.forEach(({ rule }, i) => {
        if (!("rule" in imported[i])) return;
        const data = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, valueOf(type)]));
        asked.push({ ours: imported[i].rule, theirs: format(rule, "cel"), data });
    });
    const ours = lines(["eval"], asked.map((one) => ({ expr: one.ours, bindings: bindingsOf(one.data) })));
    const theirs = lines(["eval"], asked.map((one) => ({ expr: one.theirs, bindings: bindingsOf(one.data) })));
    let same = 0;
    asked.forEach((one, i) => {
        if (plain(ours[i]) !== undefined && plain(ours[i]) === plain(theirs[i])) return ++same;
        if (++bad <= 10) console.log("UNEXPLAINED " + JSON.stringify({ ...one, answer: ours[i], own: theirs[i] }));
        return undefined;
    });
    report("react-querybuilder's own CEL: " + asked.length + " answers, " + same + " the same", {});
}
fs.rmSync(path.dirname(schemaFile), { recursive: true });
if (bad > 0) {
    console.log(bad + " unexplained");
    process.exit(1);
}
