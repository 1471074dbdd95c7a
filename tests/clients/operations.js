// Reads the graph by introspection as tools do, compares it with the printed one, and runs the
// example operations. Arguments: address, schema file, folder of operations.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
  validateSchema,
} from 'graphql';

const [address, schemaFile, folder] = process.argv.slice(2);

async function ask(query, variables) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...(await response.json()) };
}

const printed = buildSchema(readFileSync(schemaFile, 'utf8'));
const asked = getIntrospectionQuery({
  descriptions: true,
  inputValueDeprecation: true,
  oneOf: true,
  schemaDescription: true,
  specifiedByUrl: true,
});
const served = buildClientSchema((await ask(asked)).data);

const operations = {};
for (const file of readdirSync(folder).filter((name) => name.endsWith('.graphql'))) {
  const name = basename(file, '.graphql');
  const text = readFileSync(join(folder, file), 'utf8');
  const variables = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  operations[name] = {
    invalid: validate(printed, parse(text)).map((error) => error.message),
    ...(await ask(text, variables)),
  };
}

console.log(
  JSON.stringify({
    faults: validateSchema(printed).map((error) => error.message),
    same: printSchema(lexicographicSortSchema(served)) === printSchema(lexicographicSortSchema(printed)),
    operations,
  }),
);
