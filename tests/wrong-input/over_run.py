"""Wrong requests about reconciliation runs."""

RULE = 'authority/reconciliation'


def plan(fields, purpose=RULE, user='mai'):
    return lambda a: a.post('/api/v1/runs/plan', fields, user, purpose)


def move(what, run=7):
    return lambda a: a.post(f'/api/v1/runs/{what}', {'run': run}, 'mai')


def cases():
    """(kind, where, expected status, expected code, function, may it change anything)"""
    return [
        ('A run of a register that does not exist', 'body', 404, 'REGISTER_MISSING', plan({'code': 'unicorns'})),
        ('A run of the population against itself', 'body', 404, 'REGISTER_MISSING', plan({'code': 'population'})),
        ('A run on the ground of another register', 'header Purpose', 403, 'GROUND_NOT_LIVE', plan({'code': 'farmers'}, 'run/workers')),
        ('A run without a ground', 'header Purpose', 403, 'PURPOSE_MISSING', plan({'code': 'farmers'}, None)),
        ('A run by a citizen', 'call', 403, 'NOT_ALLOWED', plan({'code': 'farmers'}, RULE, 'hoa')),
        ('A run of a list that does not exist', 'body', 404, 'DELIVERY_MISSING', plan({'code': 'farmers', 'delivery': 7})),
        ('A run of nothing', 'body', 400, 'FIELD_MISSING', plan({})),
        ('Repeating a run that does not exist', 'body', 404, 'RUN_MISSING', plan({'repeat': 7})),
        ('Repeating a run with other rows', 'body', 422, 'RUN_REPEAT_ALONE', plan({'repeat': 7, 'code': 'farmers'})),
        ('Publishing a run that does not exist', 'body', 404, 'RUN_MISSING', move('publish')),
        ('Stopping a run that does not exist', 'body', 404, 'RUN_MISSING', move('cancel')),
        ('Going on with a run that does not exist', 'body', 404, 'RUN_MISSING', move('resume')),
    ]
