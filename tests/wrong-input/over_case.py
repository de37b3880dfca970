"""What is wrong in what officers and citizens say about cases: decisions on an old view, without proof or reason, about nothing."""


def cases():
    def post(path, user='lan', **body):
        return lambda a: a.post(f'/api/v1/{path}', {k: v(a) if callable(v) else v for k, v in body.items()}, user)

    def decide(**body):
        return post('cases/adjudicate', id=lambda a: a.case, **{'expected_version': 1, 'choice': 'row', 'reason': 'giấy khai sinh', **body})

    def number(a):
        return a.number

    return [
        ('A case that nobody opened', 'body', 404, 'CASE_MISSING', post('cases/adjudicate', id=12345, expected_version=1, choice='row')),
        ('One person reported as two', 'body', 422, 'CASE_NOTHING', post('cases/report', number=number, other=number, source='x')),
        ('A decision on an old view of the case', 'body', 409, 'CASE_SETTLED', decide(expected_version=0)),
        ('A weaker source without its paper', 'body', 422, 'CASE_PROOF', decide()),
        ('A decision against the proposal without a reason', 'body', 400, 'FIELD_MISSING', decide(reason='')),
        ('A decision that this kind of case does not know', 'body', 422, 'CASE_CHOICE', decide(choice='keep')),
        ('A merge confirmed that nobody proposed', 'body', 409, 'CASE_STATE', post('cases/confirm', 'mai', id=lambda a: a.case, expected_version=1)),
        ('A decision acknowledged that nobody was told of', 'body', 404, 'CASE_NOT_TOLD', post('cases/acknowledge', 'mai', id=lambda a: a.case, code='farmers')),
        ('An offer of what cannot be offered', 'body', 422, 'ENUM_UNKNOWN', post('offers', 'hoa', topic='horse', value='x', evidence='y')),
        ('An offer without evidence', 'body', 400, 'FIELD_MISSING', post('offers', 'hoa', topic='kinship', value='x', evidence=' ')),
    ]
