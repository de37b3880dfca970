"""Ratings, complaints, notices and addresses that cannot be as they are asked for."""
import json

import over_paper
from world import Wrong

LATER = [{'key': 'purpose', 'value': 'property'}]


def cases():
    """hoa has a draft, and a dossier that was submitted."""
    return [
        ('A rating before there is a result', 'rating', 409, 'RATING_EARLY', lambda a: rate(a, level=5), True),
        ('A rating above the highest level', 'rating', 422, 'VALUE_RANGE', lambda a: rate(a, level=6)),
        ("A rating of somebody else's dossier", 'rating', 404, 'DOSSIER_MISSING', lambda a: rate(a, level=5, dossier=12345)),
        ('A complaint about a draft', 'complaint', 404, 'DOSSIER_MISSING', lambda a: complain(a, dossier=over_paper.opened(a))),
        ('A complaint without a reason', 'complaint', 400, 'FIELD_MISSING', lambda a: complain(a, reason=' ')),
        ('A complaint that is not there', 'complaint', 404, 'COMPLAINT_MISSING', lambda a: a.get('/api/v1/complaints/5', 'hoa')),
        ('A complaint taken up by the one who complains', 'complaint', 403, 'NOT_ALLOWED',
         lambda a: a.post('/api/v1/complaints/accept', {'complaint': 5, 'expected_version': 1}, 'hoa')),
        ("Somebody else's notice", 'notice', 404, 'NOTICE_MISSING', lambda a: a.post('/api/v1/me/notices/read', {'notice': 5}, 'hoa')),
        ('An address where no mail can be sent', 'address', 409, 'CHANNEL_CLOSED',
         lambda a: a.post('/api/v1/me/contacts', {'channel': 'mail', 'address': 'hoa@example.vn'}, 'hoa')),
        ('A code that nobody asked for', 'address', 409, 'CODE_OVER', lambda a: a.post('/api/v1/me/contacts/confirm', {'channel': 'mail', 'code': '123456'}, 'hoa')),
    ]


def submitted(a):
    def make():
        head = a.headers('hoa', Content_Type='application/json')
        r = a.w.send('POST', '/api/v1/dossiers', '{"procedure": "marital-status"}', head)
        if r.status != 200:
            raise Wrong(f'no dossier: {r.text}')
        now = r.json['now']
        body = {'dossier': now['dossier'], 'expected_version': now['version'], 'answers': LATER}
        r = a.w.send('POST', '/api/v1/dossiers/submit', json.dumps(body), head)
        if r.status != 200:
            raise Wrong(f'not submitted: {r.text}')
        return now['dossier']
    return a.once('dossier of ratings', make)


def rate(a, **fields):
    return a.post('/api/v1/ratings', {'dossier': submitted(a), **fields}, 'hoa')


def complain(a, **fields):
    return a.post('/api/v1/complaints', {'dossier': submitted(a), 'reason': 'x', 'wish': 'y', **fields}, 'hoa')
