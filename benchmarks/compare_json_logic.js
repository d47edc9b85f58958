// SPDX-License-Identifier: Apache-2.0
// How long does json-logic-engine take, compiled, for the rules and customers of workload CSW-1, against the rule index?
//
//     npm install --prefix /tmp/jle json-logic-engine@5.0.7
//     NODE_PATH=/tmp/jle/node_modules node benchmarks/compare_json_logic.js build/release/benchmarks/make_rules
//
// `make_rules` writes rules, customers and the rules that hold for each, and times the index; every answer of the other
// engine is compared with these before a time is reported.
'use strict';
const { execFileSync } = require('node:child_process');
const { LogicEngine } = require('json-logic-engine');

const program = process.argv[2] || 'build/release/benchmarks/make_rules';
const work = JSON.parse(execFileSync(program, process.argv.slice(3), { maxBuffer: 1 << 30 }));
const engine = new LogicEngine();

const median = (of) => of.sort((a, b) => a - b)[of.length >> 1];

/** Microseconds of one customer: the median of passes over all, for at least two seconds. */
function timeOf(match) {
  const passes = [];
  let held = 0;
  for (let spent = 0; spent < 2e6 || passes.length < 5; ) {
    const begin = process.hrtime.bigint();
    for (const customer of work.customers) held += match(customer);
    const took = Number(process.hrtime.bigint() - begin) / 1e3;
    passes.push(took / work.customers.length);
    spent += took;
  }
  if (held === 0) throw new Error('no rule holds for anybody');
  return median(passes);
}

const compiled = work.rules.map((rule) => engine.build(rule));
let answers = 0;
work.customers.forEach((customer, c) => {
  const held = [];
  compiled.forEach((rule, r) => {
    if (rule(customer)) held.push(r);
  });
  if (held.join() !== work.matches[c].join()) throw new Error(`customer ${c}: the answers differ`);
  answers += compiled.length;
});

const alone = timeOf((customer) => {
  let held = 0;
  for (const rule of compiled) if (rule(customer)) ++held;
  return held;
});
// All rules in one compiled function, which is asked once.
const together = engine.build(work.rules);
const whole = timeOf((customer) => {
  let held = 0;
  for (const answer of together(customer)) if (answer) ++held;
  return held;
});

const ours = work.microseconds_each;
const line = (name, time) => console.log(`${name}: ${time.toFixed(2)} us a customer, ${(time / ours).toFixed(0)} times the index`);
console.log(`${work.rules.length} rules, ${work.customers.length} customers: ${answers} answers compared, none differ`);
console.log(`rule index: ${ours.toFixed(3)} us a customer`);
line('json-logic-engine, each rule compiled', alone);
line('json-logic-engine, all rules in one', whole);
