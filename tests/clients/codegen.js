// Generates TypeScript types for the graph and the example operations, and prints them.
// Arguments: schema file, folder of operations.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, isScalarType, isSpecifiedScalarType, parse } from 'graphql';

const [schemaFile, folder] = process.argv.slice(2);
const sdl = readFileSync(schemaFile, 'utf8');
// Every scalar of ours is text, but for the two that are any JSON.
const ours = Object.values(buildSchema(sdl).getTypeMap()).filter(
  (type) => isScalarType(type) && !isSpecifiedScalarType(type),
);
const texts = Object.fromEntries(ours.map((type) => [type.name, 'string']));
const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));

console.log(
  await codegen({
    filename: 'city.ts',
    schema: parse(sdl),
    documents: files.map((name) => ({
      location: name,
      document: parse(readFileSync(join(folder, name), 'utf8')),
    })),
    config: { strictScalars: true, scalars: { ...texts, GeoJSON: 'object', JSON: 'unknown' } },
    plugins: [{ typescript: {} }, { operations: {} }],
    pluginMap: { typescript, operations },
  }),
);
