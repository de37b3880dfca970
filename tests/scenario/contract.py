"""The OpenAPI document as a contract: every JSON reply of the whole run is checked against it, and every operation has to
be called by at least one scenario. Covers the part of JSON Schema that the document uses; an unknown keyword is an error,
so that nothing passes unread.
"""
import json
import re
import subprocess

KNOWN = {'type', 'properties', 'required', 'additionalProperties', 'items', 'maxItems', 'uniqueItems', 'enum', 'pattern', 'maxLength', 'minimum',
         'maximum', 'format', '$ref', 'description'}
TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$')
TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'integer': int}


class Operation:
    def __init__(self, name, method, path, body):
        self.name, self.method, self.path = name, method.upper(), path
        self.consumes = next(iter(body.get('requestBody', {}).get('content', {'application/json': 0})))
        self.produces, media = next(iter(body['responses']['200']['content'].items()))
        self.schema = media['schema']


class Contract:
    def __init__(self, binary):
        self.document = json.loads(subprocess.run([binary, 'openapi'], capture_output=True, text=True, check=True).stdout)
        self.operations = {body['operationId']: Operation(body['operationId'], method, path, body)
                           for path, methods in self.document['paths'].items() for method, body in methods.items()}
        self.hit, self.replies = set(), 0

    def operation(self, world, name):
        if name not in self.operations:
            raise KeyError(f'there is no operation {name}')
        return self.operations[name]

    def check(self, op, reply):
        self.hit.add(op.name)
        self.replies += 1
        if reply.status == 200:
            if op.produces == 'application/json':
                self.validate(reply.json, op.schema, op.name)
            elif reply.headers.get('content-type') != op.produces:
                raise AssertionError(f'{op.name}: content type {reply.headers.get("content-type")}, not {op.produces}')
        else:
            if reply.headers.get('content-type') != 'application/problem+json':
                raise AssertionError(f'{op.name}: status {reply.status} without a problem document')
            self.validate(reply.json, {'$ref': '#/components/schemas/problem'}, op.name)

    def resolve(self, schema):
        while '$ref' in schema:
            at = self.document
            for part in schema['$ref'].lstrip('#/').split('/'):
                at = at[part]
            schema = at
        return schema

    def validate(self, value, schema, where):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            raise AssertionError(f'{where}: the document uses {unknown}, which is not checked')
        kind = TYPES[schema['type']]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise AssertionError(f'{where}: {type(value).__name__} is no {schema["type"]}')
        getattr(self, 'check_' + schema['type'])(value, schema, where)

    def check_object(self, value, schema, where):
        for name in schema.get('required', []):
            if name not in value:
                raise AssertionError(f'{where}.{name} is missing')
        for name, item in value.items():
            if name in schema.get('properties', {}):
                self.validate(item, schema['properties'][name], f'{where}.{name}')
            elif schema.get('additionalProperties') is False:
                raise AssertionError(f'{where}.{name} is not in the document')

    def check_array(self, value, schema, where):
        if len(value) > schema.get('maxItems', len(value)):
            raise AssertionError(f'{where}: {len(value)} items')
        for i, item in enumerate(value):
            self.validate(item, schema['items'], f'{where}[{i}]')

    def check_string(self, value, schema, where):
        if len(value) > schema.get('maxLength', len(value)):
            raise AssertionError(f'{where}: {len(value)} characters')
        if 'enum' in schema and value not in schema['enum']:
            raise AssertionError(f'{where}: {value} is none of {schema["enum"]}')
        if 'pattern' in schema and not re.search(schema['pattern'], value):
            raise AssertionError(f'{where}: does not match {schema["pattern"]}')
        if schema.get('format') == 'date-time' and not TIME.match(value):
            raise AssertionError(f'{where}: {value} is no time')

    def check_integer(self, value, schema, where):
        if value < schema.get('minimum', value) or value > schema.get('maximum', value):
            raise AssertionError(f'{where}: {value} is out of range')

    def check_boolean(self, value, schema, where):
        pass
