// Fellegi-Sunter written by hand in SQL on DuckDB: what an able engineer would reach for without a linkage engine, and so the
// measure of ours. It is told the columns of `dancu synth pairs` and prepares them as it likes best (folded and sorted name
// words, dates and numbers as integers, the digits of the address). Six blocking rules, each leaving out the pairs of those
// before it; agreement levels packed into one number per pair; u from random pairs and m by EM over the histogram of patterns,
// both without labels; a pair's score is its log2 weight.
//
//     node bench/linkage/fellegi_sunter.mjs A.csv [B.csv] --pairs OUT.csv [--threads 2]
//
// Two files: mutual best pairs. One file: all pairs above the lowest score that could matter. No threshold: bench/linkage.py
// finds the best one with the answers, which is more than ours is given. Prints its own figures as JSON.

import { performance } from 'node:perf_hooks';
import { DuckDBInstance } from '@duckdb/node-api';

const [args, options] = [[], { threads: '2' }];
for (let i = 2; i < process.argv.length; i++) {
    if (process.argv[i].startsWith('--'))
        options[process.argv[i].slice(2)] = process.argv[++i];
    else
        args.push(process.argv[i]);
}
const dedupe = args.length === 1;
const steps = [];
// Extensions would come from the network; none is needed.
const db = await DuckDBInstance.create(':memory:', { threads: options.threads, preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
const connection = await db.connect();

async function step(name, sql) {
    const began = process.cpuUsage();
    const rows = (await connection.runAndReadAll(sql)).getRows();
    const used = process.cpuUsage(began);
    steps.push([name, Math.round((used.user + used.system) / 1000) / 1000]);
    if (options.verbose)
        console.error(...steps.at(-1));
    return rows;
}

const quoted = text => `'${text.replaceAll("'", "''")}'`;
const fold = column => `nullif(replace(strip_accents(lower(${column})), 'đ', 'd'), '')`;

/* One row a record. A day of birth only where it is whole, beside its other reading. Only the name is folded: that is dear, and
   parents with lost marks are still alike. */
function load(table, file) {
    const columns = ['id', 'ho_ten', 'ngay_sinh', 'gioi_tinh', 'so_dinh_danh', 'ten_cha', 'ten_me', 'noi_o', 'dien_thoai'];
    return step(`read ${table}`, `
        CREATE TABLE ${table} AS
        WITH source AS (
            SELECT *, strip_accents(lower(ho_ten)) AS key, len(ngay_sinh) = 10 AS whole
            FROM read_csv(${quoted(file)}, header = true, delim = ',', quote = '"', auto_detect = false,
                columns = {${columns.map(c => `${c}: 'VARCHAR'`).join(', ')}}))
        SELECT row_number() OVER () :: INTEGER AS row, id, hash(lower(ho_ten)) AS name, key,
               hash(list_sort(string_split(key, ' '))) AS sorted,
               string_split(key, ' ')[-1] AS given,
               CASE WHEN whole THEN ngay_sinh END AS day, CASE WHEN whole THEN ngay_sinh[4:6] || ngay_sinh[1:3] || ngay_sinh[7:10] END AS swapped,
               right(ngay_sinh, 4) :: INTEGER AS year,
               gioi_tinh = 'Nam' AS man, so_dinh_danh AS number, lower(ten_cha) AS father, lower(ten_me) AS mother,
               nullif(split_part(noi_o, ',', 1), '') AS house, trim(split_part(noi_o, ',', 2)) AS hamlet, dien_thoai :: INTEGER AS phone
        FROM source`);
}

const similar = (column, at) => `jaro_winkler_similarity(a.${column}, b.${column}) >= ${at}`;
// The conditions of each level, best first; a pair that meets none has the level after the last; 0: not known.
const fields = [
    ['name', 'a.key IS NULL OR b.key IS NULL', ['a.name = b.name', 'a.sorted = b.sorted', similar('key', 0.94), similar('key', 0.88)]],
    ['birth', 'a.year IS NULL OR b.year IS NULL', ['a.day = b.day', '(a.day IS NULL OR b.day IS NULL) AND a.year = b.year',
        'a.day = b.swapped', 'hamming(a.day, b.day) = 1', 'a.year = b.year']],
    ['sex', 'a.man IS NULL OR b.man IS NULL', ['a.man = b.man']],
    ['number', 'a.number IS NULL OR b.number IS NULL', ['a.number = b.number', 'hamming(a.number, b.number) = 1']],
    ['father', 'a.father IS NULL OR b.father IS NULL', ['a.father = b.father', similar('father', 0.92), similar('father', 0.8)]],
    ['mother', 'a.mother IS NULL OR b.mother IS NULL', ['a.mother = b.mother', similar('mother', 0.92), similar('mother', 0.8)]],
    ['house', 'a.house IS NULL OR b.house IS NULL', ['a.house = b.house AND a.hamlet = b.hamlet', 'a.hamlet = b.house OR a.house = b.hamlet', 'a.house = b.house']],
    ['phone', 'a.phone IS NULL OR b.phone IS NULL', ['a.phone = b.phone']],
];
const pattern = fields.map(([, missing, levels], f) =>
    `(CASE WHEN ${missing} THEN 0 ${levels.map((l, i) => `WHEN ${l} THEN ${i + 1}`).join(' ')} ELSE ${levels.length + 1} END) * ${8 ** f}`).join(' + ');
const levelAt = (packed, f) => Math.floor(packed / 8 ** f) % 8;

/* What is weighed: name, birth, sex, number; and, as they are not independent within a family, together how many of father,
   mother, house and phone agree, and how many parents differ. Level 0 is not known, the last is the worst. */
const sizes = [6, 7, 3, 4, 6, 4];
function levelsOf(packed) {
    const [name, birth, sex, number, father, mother, house, phone] = fields.map((_, f) => levelAt(packed, f));
    const agree = [father, mother, house].filter(level => level === 1 || level === 2).length + (phone === 1);
    const differ = (father === 4) + (mother === 4);
    return [name, birth, sex, number, father || mother || house || phone ? 5 - agree : 0, father || mother ? 1 + differ : 0];
}

const rules = [['number'], ['day', 'given'], ['sorted', 'year'], ['phone'], ['day', 'mother'], ['sorted', 'mother']];

async function candidates(left, right) {
    await step('pairs', 'CREATE TABLE pairs (l INTEGER, r INTEGER, pattern INTEGER)');
    const before = [];
    for (const rule of rules) {
        const equal = rule.map(c => `a.${c} = b.${c}`).join(' AND ');
        const new_only = before.map(b => `AND (${b}) IS NOT TRUE`).join(' ');
        await step(`pairs by ${rule.join(', ')}`, `INSERT INTO pairs SELECT a.row, b.row, ${pattern}
            FROM ${left} a JOIN ${right} b ON ${equal} ${new_only} ${dedupe ? 'AND a.row < b.row' : ''}`);
        before.push(equal);
    }
}

/* Shares of the levels among pairs drawn at random; a level that was not met gets half a pair. */
async function chance(left, right) {
    const rows = await step('u', `SELECT ${pattern} AS pattern, count(*) :: INTEGER FROM
        (SELECT * FROM ${left} USING SAMPLE reservoir(600 ROWS) REPEATABLE (1)) a,
        (SELECT * FROM ${right} USING SAMPLE reservoir(600 ROWS) REPEATABLE (2)) b WHERE a.id <> b.id GROUP BY pattern`);
    const count = sizes.map(n => new Array(n).fill(0.5));
    for (const [packed, n] of rows)
        levelsOf(packed).forEach((level, f) => { count[f][level] += n; });
    return count.map(shares);
}

/* Level 0 says nothing for either. */
function shares(row) {
    const known = row.slice(1).reduce((x, y) => x + y);
    return row.map((n, level) => level ? n / known : 1);
}

/* m by EM over the histogram. u and the prior (one match in as many random pairs as there are records) stay: among pairs that
   a rule has chosen neither can be told from likeness within families. */
function estimate(histogram, u, prior) {
    let m = sizes.map(n => shares(new Array(n).fill(0).map((_, level) => level === n - 1 ? 0.05 : 0.9 / 2 ** (level - 1))));
    const patterns = histogram.map(([packed, n]) => [levelsOf(packed), n]);
    for (let round = 0; round < 15; round++) {
        const count = m.map(row => row.map(() => 0.01));
        for (const [levels, n] of patterns) {
            const odds = levels.reduce((o, level, f) => o * m[f][level] / u[f][level], prior);
            levels.forEach((level, f) => { count[f][level] += odds / (1 + odds) * n; });
        }
        m = count.map(shares);
    }
    return m;
}

async function weigh(left, right) {
    const u = await chance(left, right);
    const histogram = await step('histogram', 'SELECT pattern, count(*) :: INTEGER FROM pairs GROUP BY pattern');
    const [[records]] = await step('count', `SELECT count(*) :: INTEGER FROM ${right}`);
    const m = estimate(histogram, u, 1 / records);
    const values = histogram.map(([packed]) => {
        const weight = levelsOf(packed).reduce((sum, level, f) => sum + Math.log2(m[f][level] / u[f][level]), 0);
        return `(${packed}, ${weight.toFixed(4)})`;
    });
    await step('weights', `CREATE TABLE weights AS SELECT * FROM (VALUES ${values.join(', ')}) v(pattern, weight)`);
    return { m, u, patterns: histogram.length, pairs: histogram.reduce((sum, [, n]) => sum + n, 0) };
}

const began = performance.now();
const [left, right] = dedupe ? ['a', 'a'] : ['a', 'b'];
await load('a', args[0]);
if (!dedupe)
    await load('b', args[1]);
await candidates(left, right);
const model = await weigh(left, right);
await step('scored', 'CREATE TABLE scored AS SELECT l, r, weight FROM pairs JOIN weights USING (pattern) WHERE weight > 0');
const best = `SELECT l, r, weight FROM (SELECT l, arg_max(r, weight) AS r, max(weight) AS weight FROM scored GROUP BY l)
    JOIN (SELECT r, arg_max(l, weight) AS l FROM scored GROUP BY r) USING (l, r)`;
await step('write', `COPY (SELECT x.id AS id_left, y.id AS id_right, weight AS score FROM (${dedupe ? 'FROM scored' : best}) JOIN ${left} x ON l = x.row
    JOIN ${right} y ON r = y.row) TO ${quoted(options.pairs)} (HEADER)`);
const used = process.resourceUsage();
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, cpu_seconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
    peak_mb: used.maxRSS / 1024, candidates: model.pairs, patterns: model.patterns, steps, m: model.m, u: model.u }));
