"""Wrong requests: what stands in a body, a header or a form, and who sends it."""
import json

import ask
from world import Wrong

VERIFY = '/api/v1/persons/verify'
GIB2 = 2 << 30


def cases():
    """(kind, where, expected status, expected code, function, may it change anything)"""
    return bodies() + values() + grounds() + people() + edge()


def bodies():
    return [
        ('Bytes that are no UTF-8 in JSON', 'body', 400, 'TEXT_NOT_UTF8', lambda a: a.verify(b'{"number": "0\xC3\x28"}')),
        ('No JSON', 'body', 400, 'BODY_NOT_JSON', lambda a: a.verify('{"number": 12')),
        ('Thirty thousand brackets', 'body', 400, 'BODY_NOT_JSON', lambda a: a.verify('[' * 30000)),
        ('A field twice', 'body', 400, 'FIELD_DOUBLE', lambda a: a.verify('{"number": "001080000001", "number": "001080000002"}')),
        ('An unknown field', 'body', 400, 'FIELD_UNKNOWN', lambda a: a.verify({'number': a.number, 'nmae': 'x'})),
        ('A field missing', 'body', 400, 'FIELD_MISSING', lambda a: a.verify({'name': 'Nguyễn Văn Thử'})),
        ('Wrong type', 'body', 400, 'FIELD_TYPE', lambda a: a.verify({'number': a.number, 'adult': 'yes'})),
        ('A list where an object is due', 'body', 400, 'FIELD_TYPE', lambda a: a.verify([])),
        ('NUL in a text', 'body', 400, 'BODY_NOT_JSON', lambda a: a.verify('{"number": "%s", "name": "a\\u0000b"}' % a.number)),
        ('A control character in a text', 'body', 400, 'TEXT_CONTROL', lambda a: a.verify('{"number": "%s", "name": "a\\u0007b"}' % a.number)),
        ('A name of 10,000 letters', 'body', 400, 'TEXT_TOO_LONG', lambda a: a.verify({'number': a.number, 'name': 'a' * 10000})),
        ('Content type not JSON', 'body', 415, 'BODY_TYPE', lambda a: a.verify('number=1', Content_Type='text/plain')),
        ('Body of 1 MiB where 64 KiB are due', 'body', 413, 'BODY_TOO_LARGE', lambda a: a.verify('{"name": "' + 'a' * (1 << 20) + '"}')),
    ]


def values():
    def number(text):
        return lambda a: a.verify({'number': text})

    def birth(text):
        return lambda a: a.verify({'number': a.number, 'birth': text})

    def born(text):
        return lambda a: a.post('/api/v1/persons/birth', {'name': 'Nguyễn Thị Thử', 'sex': 'female', 'birth': text, 'registered_at': a.unit},
                                'lan', 'authority/civil-status')

    return [
        ('Personal number of 11 digits', 'body', 422, 'NUMBER_FORMAT', number('01080000001')),
        ('Personal number with letters', 'body', 422, 'NUMBER_FORMAT', number('0010800OO001')),
        ('Personal number of zeros', 'body', 422, 'NUMBER_FORMAT', number('000000000000')),
        ('Personal number as a JSON number', 'body', 400, 'FIELD_TYPE', number(1080000001)),
        ('A date that does not exist', 'body', 422, 'DAY_FORMAT', birth('2025-02-29')),
        ('A date written the Vietnamese way', 'body', 422, 'DAY_FORMAT', birth('29/02/2024')),
        ('Birth in the future', 'body', 422, 'EVENT_FUTURE', born('2026-07-25')),
        ('Unknown unit code', 'body', 422, 'UNIT_UNKNOWN', lambda a: a.verify({'number': a.number, 'resident_of': '99999@new'})),
        ('A word outside its list', 'body', 422, 'ENUM_UNKNOWN', lambda a: a.verify({'number': a.number, 'sex': 'nam'})),
        ('A field group that does not exist', 'body', 422, 'FIELDS_UNKNOWN',
         lambda a: a.post('/api/v1/persons/look-up', {'number': a.number, 'fields': ['salary']}, 'lan', 'authority/residence-management')),
        ('A limit out of range', 'query', 422, 'VALUE_RANGE', lambda a: a.get('/api/v1/me/entries?limit=1000000', 'hoa')),
        ('An unknown query field', 'query', 400, 'FIELD_UNKNOWN', lambda a: a.get('/api/v1/me/entries?page=2', 'hoa')),
    ]


def expired(a):
    """The agreement ends on 30 June 2028; two days later the same call of the same system is refused."""
    was = a.w.clock
    try:
        at(a, '2028-07-02T02:00:00Z')
        return a.verify({'number': a.number})
    finally:
        at(a, was)


def at(a, clock):
    """Another time; tokens end within a year, so the system gets one of that time."""
    a.w.clock = clock
    a.w.debug('clock', clock)
    a.w.users['hospital']['token'] = json.loads(a.w.verb('account', 'token', '--login', 'hospital'))['token']


def grounds():
    def look(fields, number=None):
        return lambda a: a.post('/api/v1/persons/look-up', {'number': number or a.number, 'fields': fields}, 'lan', 'authority/residence-management')

    def move(a):
        return a.post('/api/v1/persons/move', {'number': a.stranger, 'unit': a.far, 'effective': '2026-06-20'}, 'lan', 'authority/residence-management')

    return [
        ('No purpose', 'header Purpose', 403, 'PURPOSE_MISSING', lambda a: a.verify({'number': a.number}, purpose=None)),
        ('Unknown kind of ground', 'header Purpose', 403, 'GROUND_UNKNOWN', lambda a: a.verify({'number': a.number}, purpose='curiosity/1')),
        ('Purpose without a reference', 'header Purpose', 403, 'GROUND_NOT_LIVE', lambda a: a.verify({'number': a.number}, purpose='agreement/')),
        ('Agreement of another member', 'header Purpose', 403, 'GROUND_NOT_LIVE', lambda a: a.verify({'number': a.number}, purpose='agreement/AG-2025-010')),
        ('Agreement that has ended', 'header Purpose', 403, 'GROUND_NOT_LIVE', expired, True),
        ('A field that the ground does not cover', 'body', 403, 'GROUND_FIELDS', look(['name', 'blood'])),
        ('Moving a person outside the ground\'s unit', 'body', 403, 'GROUND_PERSON', move),
    ]


def guess(a):
    """Six times the wrong password for a name that nobody has, told apart by language."""
    for _ in range(5):
        wrong_password(a, f'nobody-{a.lang}')
    return wrong_password(a, f'nobody-{a.lang}')


def wrong_password(a, name='hoa'):
    _, csrf, cookies = a.w.form('/sign-in', '')
    return a.page('POST', '/sign-in', {'name': name, 'password': 'not-the-password', 'csrf': csrf}, cookies)


def wrong_csrf(a):
    _, _, cookies = a.w.form('/sign-in', '')
    return a.page('POST', '/sign-in', {'name': 'hoa', 'password': 'x' * 12, 'csrf': 'A' * 43}, cookies)


def forged_cookie(a):
    """A page leads the visitor to the sign-in; the call behind it says why."""
    r = a.w.send('GET', '/me', None, {'Cookie': 'session=' + 'A' * 43, 'Accept-Language': a.lang})
    if r.status != 303 or not r.headers['location'].startswith('/sign-in'):
        raise Wrong(f'HTTP {r.status} {r.headers.get("location")}')
    return a.get('/api/v1/me/record', Authorization='Bearer ' + 'A' * 43)


def people():
    return [
        ('Forged session', 'cookie', 401, 'SIGNED_OUT', forged_cookie),
        ('Forged bearer token', 'header Authorization', 401, 'SIGNED_OUT', lambda a: a.verify({'number': a.number}, user=None, Authorization='Bearer ' + '0' * 64)),
        ('Another scheme than Bearer', 'header Authorization', 401, 'SIGNED_OUT', lambda a: a.verify({'number': a.number}, user=None, Authorization='Basic aG9hOmhvYQ==')),
        ('Nobody signed in', 'call', 401, 'SIGNED_OUT', lambda a: a.get('/api/v1/me/record')),
        ('Role not allowed', 'call', 403, 'NOT_ALLOWED', lambda a: a.verify({'number': a.number}, user='minh')),
        ('Wrong form token (CSRF)', 'page', 403, '', wrong_csrf),
        ('Wrong password', 'page', 401, '', wrong_password, True),
        ('Too many tries', 'page', 429, '', guess, True),
        ('A list nobody handed in', 'path', 404, 'DELIVERY_MISSING', lambda a: a.get('/api/v1/lists/12345', 'mai')),
    ]


def body_head(a, *more):
    return ('POST ' + VERIFY + ' HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', *more)


def edge():
    return [
        ('Unknown operation', 'path', 404, 'ROUTE_UNKNOWN', lambda a: a.get('/api/v1/persons/guess')),
        ('Unknown page', 'page', 404, '', lambda a: a.page('GET', '/no-such-page')),
        ('Wrong method', 'request line', 405, 'METHOD_WRONG', wrong_method),
        ('Unknown method', 'request line', 405, 'METHOD_WRONG', lambda a: a.raw('BREW /health HTTP/1.1', 'Host: localhost')),
        ('".." in the path', 'request line', 400, 'REQUEST_MALFORMED', lambda a: a.raw('GET /api/../me HTTP/1.1', 'Host: localhost')),
        ('No Host', 'head (library)', 400, '', lambda a: a.library(f'GET {VERIFY} HTTP/1.1')),
        ('Two Hosts', 'head', 400, 'REQUEST_MALFORMED', lambda a: a.raw(f'GET {VERIFY} HTTP/1.1', 'Host: a', 'Host: b')),
        ('Two Content-Lengths', 'head', 400, 'REQUEST_MALFORMED',
         lambda a: a.raw(*body_head(a, 'Content-Length: 2', 'Content-Length: 3'), body=b'{} ')),
        ('Content-Length and Transfer-Encoding', 'head', 400, 'REQUEST_MALFORMED',
         lambda a: a.raw(*body_head(a, 'Content-Length: 5', 'Transfer-Encoding: chunked'), body=b'0\r\n\r\n')),
        ('No length told', 'head', 411, 'LENGTH_REQUIRED', lambda a: a.raw(*body_head(a, 'Transfer-Encoding: chunked'), body=b'0\r\n\r\n')),
        ('White space before a colon', 'head (unread)', 400, 'REQUEST_MALFORMED', lambda a: a.raw(f'GET {VERIFY} HTTP/1.1', 'Host: localhost', 'Purpose : x')),
        ('A header of 7 KB', 'head (unread)', 431, 'HEAD_TOO_LARGE', lambda a: a.raw(f'GET {VERIFY} HTTP/1.1', 'Host: localhost', 'X-Long: ' + 'a' * 7000)),
        ('A header of 40 KB', 'head (library)', 431, '', lambda a: a.library(f'GET {VERIFY} HTTP/1.1', 'Host: localhost', 'X-Long: ' + 'a' * 40000)),
        ('A list of 2 GB announced', 'head', 413, 'BODY_TOO_LARGE',
         lambda a: a.raw('POST /api/v1/lists?name=a.csv&source=b HTTP/1.1', 'Host: localhost', 'Content-Type: application/octet-stream', f'Content-Length: {GIB2}')),
    ]


def wrong_method(a):
    r = a.w.send('GET', VERIFY, None, {'Accept-Language': a.lang})
    if r.headers.get('allow') != 'POST':
        raise Wrong(f'Allow: {r.headers.get("allow")}')
    return ask.of_reply(r)
