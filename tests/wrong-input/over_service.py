"""Dossiers, fees and benefits: forms filled in wrongly, papers forgotten, moves that come too late, twice or from the wrong hands."""
import json

import ask
from over_paper import PDF, attach
from world import Wrong

BIRTH = {'child_name': 'An', 'child_sex': 'female', 'child_birth': '2026-06-25'}
STATES = {'submitted': [], 'processing': ['accept', 'take'], 'awaiting payment': ['accept', 'take', 'charge'],
          'withdrawn': ['withdraw'], 'decided': ['accept', 'take', 'decide'], 'returned': ['accept', 'take', 'decide', 'deliver']}
MORE = {'charge': {'amount': 5000, 'reason': 'x'}, 'decide': {'grant': True}}
GATEWAY = 'agreement/AG-2026-004'


def good(a, name, path, body, user):
    r = a.w.send('POST', f'/api/v1/{path}', json.dumps(body), a.headers(user, Content_Type='application/json'))
    if r.status != 200:
        raise Wrong(f'{name}: {r.text}')
    return r.json


def draft(a, procedure):
    return a.once(f'draft of {procedure}', lambda: good(a, procedure, 'dossiers', {'procedure': procedure}, 'hoa')['now'])


def answers_of(answers):
    return [{'key': k, 'value': v} for k, v in answers.items()]


def save(a, procedure, answers, verb='save', **more):
    d = draft(a, procedure)
    given = answers if isinstance(answers, list) else answers_of(answers)
    return a.post(f'/api/v1/dossiers/{verb}', {'dossier': d['dossier'], 'expected_version': d['version'], 'answers': given, **more}, 'hoa')


def officers(a, organisation, unit):
    for name in ('tu', 'nga'):
        if name not in a.w.users:
            a.w.user(name, 'officer', '--unit', unit, '--organisation', organisation)


def brought_to(a, state):
    """A dossier of hoa's in this state, handled by tu."""
    def make():
        now = good(a, 'create', 'dossiers', {'procedure': 'marital-status'}, 'hoa')['now']
        body = {'dossier': now['dossier'], 'expected_version': now['version'], 'answers': answers_of({'purpose': 'property'})}
        sent = good(a, 'submit', 'dossiers/submit', body, 'hoa')
        officers(a, sent['organisation'], a.unit)
        now = sent['now']
        for verb in STATES[state]:
            body = {'dossier': now['dossier'], 'expected_version': now['version'], **MORE.get(verb, {})}
            now = good(a, verb, f'dossiers/{verb}', body, 'hoa' if verb == 'withdraw' else 'tu')['now']
        return now
    return a.once(f'dossier {state}', make)


def move(a, state, verb, user='tu', late=0, **more):
    d = brought_to(a, state)
    if verb != 'pay':
        more['expected_version'] = d['version'] - late
    return a.post(f'/api/v1/dossiers/{verb}', {'dossier': d['dossier'], **more}, user)


def counter(a, **more):
    return a.post('/api/v1/dossiers', {'procedure': 'birth', **more}, 'lan')


def dead(a):
    return next(p['number'] for p in a.w.people if p['state'] == 'deceased' and p['number'])


def notice(a, user='cong', **more):
    if 'cong' not in a.w.users:
        a.w.user('cong', 'system', '--organisation', 'cong-thanh-toan')
    body = {'receipt': 'W-1', 'amount': 1000, 'words': 'nop tien', 'paid': '2026-07-01T01:00:00Z', **more}
    return a.post('/api/v1/payments/notice', body, user, GATEWAY)


def told(a):
    """Money that names no dossier."""
    def make():
        notice_ok = a.w.send('POST', '/api/v1/payments/notice', json.dumps({'receipt': 'W-0', 'amount': 1000, 'words': 'x', 'paid': '2026-07-01T01:00:00Z'}),
                             a.headers('cong', GATEWAY, Content_Type='application/json'))
        if notice_ok.status != 200:
            raise Wrong(notice_ok.text)
        return 'W-0'
    if 'cong' not in a.w.users:
        a.w.user('cong', 'system', '--organisation', 'cong-thanh-toan')
    return a.once('receipt', make)


def benefit(a, verb, user='tu', **body):
    brought_to(a, 'submitted')  # which makes the officers
    return a.post(f'/api/v1/benefits/{verb}', body, user)


def huge(a):
    head = [f'POST /api/v1/attachments?dossier={draft(a, "birth")["dossier"]}&component=birth_attestation HTTP/1.1', 'Host: localhost',
            f'Authorization: Bearer {a.w.token("hoa")}', 'Content-Type: application/octet-stream', f'Content-Length: {200 << 20}', 'Connection: close']
    return ask.of_reply(ask.raw(a.w.port, head, PDF, a.lang))


def forms():
    rows = {'members': '1'}
    return [
        ('A child born in the future', 'answer', 422, 'EVENT_FUTURE', lambda a: save(a, 'birth', {'child_birth': '2027-01-01'}), True),
        ('A birth on 30 February', 'answer', 422, 'DAY_FORMAT', lambda a: save(a, 'birth', {'child_birth': '2026-02-30'})),
        ('A birth of which only the year is given', 'answer', 422, 'DAY_FORMAT', lambda a: save(a, 'birth', {'child_birth': '2026'})),
        ('A sex that there is not', 'answer', 422, 'ENUM_UNKNOWN', lambda a: save(a, 'birth', {'child_sex': 'both'})),
        ("A mother's number of 11 digits", 'answer', 422, 'NUMBER_FORMAT', lambda a: save(a, 'birth', {'mother_number': '00118500012'})),
        ('A commune that there is not', 'answer', 422, 'UNIT_UNKNOWN', lambda a: save(a, 'birth', {'registered_at': '99999@new'})),
        ('A commune that was merged', 'answer', 422, 'UNIT_UNKNOWN', lambda a: save(a, 'birth', {'registered_at': '00004@old'})),
        ('More copies than are issued', 'answer', 422, 'VALUE_RANGE', lambda a: save(a, 'birth', {'copies': '51'})),
        ('A number of copies in words', 'answer', 400, 'FIELD_TYPE', lambda a: save(a, 'birth', {'copies': 'many'})),
        ('A name of 101 letters', 'answer', 400, 'TEXT_TOO_LONG', lambda a: save(a, 'birth', {'child_name': 'A' * 101})),
        ('An answer that nobody asked for', 'answer', 400, 'FIELD_UNKNOWN', lambda a: save(a, 'birth', {'salary': '5'})),
        ('A question answered twice', 'answer', 400, 'FIELD_DOUBLE', lambda a: save(a, 'birth', answers_of(BIRTH) + answers_of({'child_name': 'Binh'}))),
        ('An answer that another one closed', 'answer', 400, 'FIELD_UNKNOWN',
         lambda a: save(a, 'household-business', {'conditional': 'false', 'licence': 'GP-1'}), True),
        ('Less capital than the law asks', 'answer', 422, 'VALUE_RANGE', lambda a: save(a, 'household-business', {'capital': '999999'})),
        ('Neither yes nor no', 'answer', 400, 'FIELD_TYPE', lambda a: save(a, 'household-business', {'conditional': 'maybe'})),
        ('A row beyond those that there are', 'answer', 400, 'FIELD_UNKNOWN', lambda a: save(a, 'residence', {**rows, 'members.2.number': '001190000001'}), True),
        ('A row numbered nought', 'answer', 400, 'FIELD_UNKNOWN', lambda a: save(a, 'residence', {**rows, 'members.0.number': '001190000001'})),
        ('More rows than a group takes', 'answer', 422, 'VALUE_RANGE', lambda a: save(a, 'residence', {'members': '21'})),
        ('A number of rows in words', 'answer', 400, 'FIELD_TYPE', lambda a: save(a, 'residence', {'members': 'two'})),
        ('A question that a row does not have', 'answer', 400, 'FIELD_UNKNOWN', lambda a: save(a, 'residence', {**rows, 'members.1.salary': '5'})),
        ('A wrong number in a row', 'answer', 422, 'NUMBER_FORMAT', lambda a: save(a, 'residence', {**rows, 'members.1.number': '12'})),
        ('A row taken out that is not there', 'drop', 400, 'FIELD_UNKNOWN', lambda a: save(a, 'residence', [], drop='members.3')),
        ('A form sent with questions open', 'submit', 400, 'FIELD_MISSING', lambda a: save(a, 'birth', {}, 'submit')),
        ('A form sent with too few rows', 'submit', 422, 'FORM_ROWS',
         lambda a: save(a, 'household-business', {'business_name': 'An', 'address': 'x', 'trade': 'x', 'capital': '1000000', 'workers': '1',
                                                  'conditional': 'false', 'founders': 'family'}, 'submit')),
        ('A form sent without its papers', 'submit', 422, 'COMPONENTS_MISSING',
         lambda a: save(a, 'residence', {'to_unit': a.unit, 'address': 'x', 'since': '2026-06-01', 'home': 'own'}, 'submit')),
        ('A service that there is not', 'procedure', 404, 'PROCEDURE_UNKNOWN', lambda a: a.post('/api/v1/dossiers', {'procedure': 'wedding-cake'}, 'hoa')),
        ('A scan of 200 MB', 'attachment', 413, 'BODY_TOO_LARGE', huge),
    ]


def moves():
    return [
        ('A counter that does not say for whom', 'applicant', 400, 'FIELD_MISSING', counter),
        ('A counter with a number that nobody has', 'applicant', 404, 'PERSON_MISSING', lambda a: counter(a, applicant='008299999999')),
        ('A dead applicant', 'applicant', 409, 'PERSON_DECEASED', lambda a: counter(a, applicant=dead(a))),
        ('A partner system that applies', 'caller', 403, 'NOT_ALLOWED', lambda a: a.post('/api/v1/dossiers', {'procedure': 'birth'}, 'hospital')),
        ('A dossier taken before it was accepted', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'submitted', 'take'), True),
        ('A citizen who accepts his own dossier', 'caller', 403, 'NOT_ALLOWED', lambda a: move(a, 'submitted', 'accept', 'hoa')),
        ('A dossier declined without a word', 'reason', 400, 'FIELD_MISSING', lambda a: move(a, 'submitted', 'decline', reason=' ')),
        ('A dossier accepted on an old view', 'version', 409, 'VERSION_CONFLICT', lambda a: move(a, 'submitted', 'accept', late=1)),
        ('A dossier sent a second time', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'submitted', 'submit', 'hoa', answers=[])),
        ('A draft saved after it was sent', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'submitted', 'save', 'hoa', answers=[])),
        ('A decision by one who does not have the dossier', 'caller', 403, 'NOT_ASSIGNED', lambda a: move(a, 'processing', 'decide', 'nga', grant=True)),
        ('A refusal without a reason', 'reason', 400, 'FIELD_MISSING', lambda a: move(a, 'processing', 'decide', grant=False)),
        ('A supplement when none was asked for', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'processing', 'supply', 'hoa', answers=[])),
        ('A payment when nothing is owed', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'processing', 'pay', amount=100000, receipt='R-1')),
        ('A fee of nothing', 'amount', 422, 'VALUE_RANGE', lambda a: move(a, 'processing', 'charge', amount=0, reason='x')),
        ('A fee without a reason', 'reason', 400, 'FIELD_MISSING', lambda a: move(a, 'processing', 'charge', amount=1000, reason=' ')),
        ('Half a fee', 'amount', 422, 'PAYMENT_SHORT', lambda a: move(a, 'awaiting payment', 'pay', amount=1, receipt='R-2')),
        ('A second fee before the first was paid', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'awaiting payment', 'charge', amount=1, reason='x')),
        ('A withdrawn dossier paid', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'withdrawn', 'pay', amount=100000, receipt='R-3')),
        ('A withdrawn dossier withdrawn again', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'withdrawn', 'withdraw', 'hoa')),
        ('A file for a withdrawn dossier', 'attachment', 409, 'DOSSIER_STATE',
         lambda a: attach(a, PDF, 'birth_attestation', brought_to(a, 'withdrawn')['dossier'])),
        ('A second decision', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'decided', 'decide', grant=False, reason='x')),
        ('A dossier withdrawn after its decision', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'decided', 'withdraw', 'hoa')),
        ('A dossier opened again without a reason', 'reason', 400, 'FIELD_MISSING', lambda a: move(a, 'decided', 'reopen', reason=' ')),
        ('A late supplement, after the result was handed over', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'returned', 'supply', 'hoa', answers=[])),
        ('A result handed over twice', 'state', 409, 'DOSSIER_STATE', lambda a: move(a, 'returned', 'deliver')),
    ]


def money():
    return [
        ('A payment from the future', 'paid', 422, 'EVENT_FUTURE', lambda a: notice(a, paid='2027-01-01T00:00:00Z')),
        ('A payment of less than nothing', 'amount', 422, 'VALUE_RANGE', lambda a: notice(a, amount=-5)),
        ('A payment told by a hospital', 'header Purpose', 403, 'GROUND_NOT_LIVE', lambda a: notice(a, 'hospital')),
        ('A receipt told again with another amount', 'receipt', 409, 'COMMAND_REUSED', lambda a: notice(a, receipt=told(a), amount=999), True),
        ('More paid back than came in', 'amount', 422, 'VALUE_RANGE',
         lambda a: a.post('/api/v1/payments/refund', {'receipt': told(a), 'amount': 1001, 'reference': 'U', 'reason': 'x'}, 'mai')),
        ('Money placed that nobody knows', 'receipt', 404, 'PAYMENT_UNKNOWN',
         lambda a: a.post('/api/v1/payments/place', {'receipt': 'W-9', 'dossier': 1}, 'mai')),
        ('A benefit approved that nobody ordered', 'order', 404, 'BENEFIT_MISSING', lambda a: benefit(a, 'approve', order=1, expected_version=1)),
        ('A payout list of nothing', 'batch', 409, 'BENEFIT_NONE', lambda a: benefit(a, 'export')),
        ('A bank that tells of an order that there is not', 'order', 404, 'BENEFIT_MISSING',
         lambda a: (told(a), a.post('/api/v1/benefits/outcome', {'order': 1, 'amount': 5, 'result': 'paid', 'reference': 'U'}, 'cong', GATEWAY))[1]),
    ]


def cases():
    return forms() + moves() + money()
