// Opens the Parquet parts of a run with DuckDB and checks that they are what
// Cortigo documents: columns and types, dictionary encoding, statistics,
// provenance. Prints what is in them; exits with 1 if anything is not so.
//
//   npm ci && node check.mjs DIR [--json]

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const args = process.argv.slice(2).filter((a) => a !== '--json');
const asJSON = process.argv.includes('--json');
if (args.length !== 1) {
  console.error('usage: node check.mjs DIR [--json]');
  process.exit(2);
}
const dir = args[0];

const problems = [];
const require = (ok, what) => { if (!ok) problems.push(what); };

const db = await (await DuckDBInstance.create(':memory:')).connect();
const query = async (sql) => (await db.runAndReadAll(sql)).getRowObjectsJson();
const quote = (s) => `'${s.replaceAll("'", "''")}'`;

const documented = { time_ms: 'DOUBLE', neuron: 'INTEGER', population: 'VARCHAR' };
const near = 1e-6; // of a step: times are k * resolution in floating point

// inspect reads all parts of one kind; quantities says whether columns of
// numbers follow the documented ones.
async function inspect(kind, quantities) {
  const folder = join(dir, kind);
  if (!existsSync(folder) || !readdirSync(folder).some((f) => /^part-\d+\.parquet$/.test(f))) return null;
  const glob = quote(join(folder, 'part-*.parquet'));
  const from = `read_parquet(${glob})`;

  const columns = Object.fromEntries((await query(`DESCRIBE SELECT * FROM ${from}`)).map((c) => [c.column_name, c.column_type]));
  for (const [name, type] of Object.entries(documented)) {
    require(columns[name] === type, `${kind}: column ${name} is ${columns[name] ?? 'missing'}, must be ${type}`);
  }
  const more = Object.keys(columns).filter((c) => !(c in documented));
  require(quantities ? more.length > 0 : more.length === 0, `${kind}: columns besides the documented: ${more}`);
  for (const c of more) require(columns[c] === 'DOUBLE', `${kind}: column ${c} is ${columns[c]}, must be DOUBLE`);
  if (problems.length) return { columns };

  const [total] = await query(`SELECT count(*)::DOUBLE AS rows, min(time_ms) AS first_ms, max(time_ms) AS last_ms,
    count(DISTINCT neuron)::DOUBLE AS neurons, count(*) FILTER (population IS NULL OR neuron IS NULL OR time_ms IS NULL)::DOUBLE AS nulls FROM ${from}`);
  require(total.nulls === 0, `${kind}: ${total.nulls} rows with a null`);
  const populations = await query(`SELECT population, count(*)::DOUBLE AS rows, min(neuron) AS first_id, max(neuron) AS last_id
    FROM ${from} GROUP BY population ORDER BY first_id`);

  // Where each part says it comes from.
  const runs = await query(`SELECT file_name, decode(value) AS run FROM parquet_kv_metadata(${glob}) WHERE decode(key) = 'cortigo.run'`);
  const files = await query(`SELECT file_name, num_rows::DOUBLE AS num_rows, num_row_groups::DOUBLE AS groups, created_by FROM parquet_file_metadata(${glob})`);
  require(runs.length === files.length, `${kind}: ${runs.length} of ${files.length} parts say which run they come from`);
  const run = runs.length ? JSON.parse(runs.at(-1).run) : {};
  for (const key of ['format_version', 'model', 'seed', 'resolution_ms', 'populations', 'versions']) {
    require(key in run, `${kind}: the provenance has no ${key}`);
  }
  for (const p of populations) {
    const q = (run.populations ?? []).find((q) => q.name === p.population);
    require(q && p.first_id >= q.first_id && p.last_id < q.first_id + q.n, `${kind}: ids ${p.first_id} to ${p.last_id} are not of ${p.population}`);
  }
  const h = Number(run.resolution_ms);
  const [off] = await query(`SELECT count(*)::DOUBLE AS n FROM ${from} WHERE abs(time_ms / ${h} - round(time_ms / ${h})) > ${near}`);
  require(off.n === 0, `${kind}: ${off.n} times are no multiple of ${h} ms`);
  const [order] = await query(`SELECT count(*)::DOUBLE AS n FROM (SELECT time_ms < lag(time_ms) OVER (ORDER BY filename, file_row_number) AS back
    FROM read_parquet(${glob}, filename = true, file_row_number = true)) WHERE back`);
  require(order.n === 0, `${kind}: ${order.n} rows go back in time`);

  // What windows and populations are pruned by, and how the columns are kept.
  const chunks = await query(`SELECT path_in_schema AS name, encodings, stats_min_value AS lo, stats_max_value AS hi FROM parquet_metadata(${glob})`);
  for (const c of chunks) {
    if (!(c.name in documented)) continue;
    require(c.lo !== null && c.hi !== null, `${kind}: column ${c.name} has no statistics`);
    if (c.name !== 'neuron') require(/DICTIONARY/.test(c.encodings), `${kind}: column ${c.name} is not dictionary-encoded: ${c.encodings}`);
  }
  return { columns, total, populations, files, run };
}

const result = { spikes: await inspect('spikes', false), voltages: await inspect('voltages', true) };
require(result.spikes || result.voltages, `${dir} has no parts in spikes or voltages`);

if (asJSON) {
  console.log(JSON.stringify({ ...result, problems }, null, 2));
} else {
  for (const [kind, r] of Object.entries(result)) {
    if (!r?.total) continue;
    console.log(`${kind}: ${r.total.rows} rows of ${r.total.neurons} neurons in ${r.files.length} parts, ${r.total.first_ms} to ${r.total.last_ms} ms`);
    console.log('  columns:', Object.entries(r.columns).map(([n, t]) => `${n} ${t}`).join(', '));
    for (const p of r.populations) console.log(`  ${p.population.padEnd(8)} ${p.rows} rows, ids ${p.first_id} to ${p.last_id}`);
    console.log(`  provenance: ${r.run.model}, seed ${r.run.seed}, ${r.run.resolution_ms} ms, ${r.files[0].created_by}`);
  }
  for (const p of problems) console.error('not as documented:', p);
}
process.exit(problems.length ? 1 : 0);
