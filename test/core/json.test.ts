import { expect, test } from 'vitest';
import { jsonObject } from '../../src/core/json.ts';

const holds = (text: string, expected: unknown) => expect(jsonObject(text)).toEqual(expected);

test('an object is read', () => holds(' {"a": [1]}\n', { a: [1] }));
test('a list is no object', () => holds('[]', null));
test('null is no object', () => holds('null', null));
test('a string is no object', () => holds('"{}"', null));
test('text after the object is refused', () => holds('{} {}', null));
test('broken JSON is no object', () => holds('{"a":', null));
