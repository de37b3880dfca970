"""Wrong requests about the quality of registers."""


def figures(path, user='mai'):
    return lambda a: a.get(path, user)


def mend(what, fields, user='mai'):
    return lambda a: a.post(f'/api/v1/quality/{what}', fields, user)


def cases():
    """(kind, where, expected status, expected code, function, may it change anything)"""
    return [
        ('Figures of a field that the register does not have', 'query', 422, 'FIELDS_UNKNOWN', figures('/api/v1/registers/farmers/figures?field=wings')),
        ('The trend of a field that the register does not have', 'query', 422, 'FIELDS_UNKNOWN', figures('/api/v1/quality/farmers/trend?field=wings')),
        ('What to mend of a field without its register', 'query', 400, 'FIELD_MISSING', figures('/api/v1/quality/next?field=joined')),
        ('A mending of a rule that does not exist', 'body', 422, 'ENUM_UNKNOWN', mend('assign', {'code': 'farmers', 'row': 7, 'check': 'wings'})),
        ('A mending of a row that does not exist', 'body', 404, 'ROW_MISSING', mend('assign', {'code': 'farmers', 'row': 7, 'check': 'linked'})),
        ('A mending asked for by a citizen', 'call', 403, 'NOT_ALLOWED', mend('assign', {'code': 'farmers', 'row': 7, 'check': 'linked'}, 'hoa')),
        ('Looking again at a mending that does not exist', 'body', 404, 'ROW_MISSING', mend('verify', {'issue': 7})),
    ]
