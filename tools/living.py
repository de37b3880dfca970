"""Lets a synthetic province live for three working weeks: dossiers of every procedure at their desks, births and deaths over several offices,
household businesses, allowances, cases, a rating and a complaint. Everything passes the program's public door, as officers and
citizens would use it, on a clock that moves from day to day; nothing is written into tables. The same people, seed and day give
the same province.

    python3 tools/living.py first                                   prints the first day
    python3 tools/living.py build/dancu DATA SYNTH SIGN_INS [SEED]

DATA was loaded from SYNTH, and its accounts made (SIGN_INS, the reply of "account demo"), on a clock that stood at the first day."""
import csv
import datetime
import json
import random
import re
import subprocess
import sys

from door import Door, Refused, User

PDF = b'%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n45\n%%EOF\n'
VISITS = (15, 12, 9, 7, 5, 3, 2, 1)  # working days before today
MORNING = datetime.time(1, 15)  # 08:15 in Viet Nam
TICK_S = (20, 90)
OFFICES = 3  # communes whose desks have work

# What becomes of a dossier, a visit to the desk between two bars, and how often. The visits that have not come yet are its future.
FATES = (
    (30, 'accept take|grant deliver'),
    (8, 'accept take|grant'),
    (6, 'accept take|refuse'),
    (4, 'decline'),
    (7, 'accept take ask'),
    (6, 'accept take ask|supply|grant deliver'),
    (6, 'accept take charge'),
    (6, 'accept take charge|pay grant deliver'),
    (12, 'accept take'),
    (9, ''),
    (4, 'accept'),
    (3, 'accept take withdraw'),
    (2, 'accept take stop'),
)
# Cases in the order in which they are taken, before those of FATES: each kind of officer finds each of these.
FIRST_FATES = ('', 'accept', 'accept take', 'accept take|grant', 'accept take ask', 'accept take charge', 'accept take|grant deliver')
REASONS = {
    'refuse': 'Thông tin khai không thống nhất với Cơ sở dữ liệu quốc gia về dân cư',
    'decline': 'Hồ sơ không thuộc thẩm quyền giải quyết của cơ quan',
    'ask': 'Đề nghị bổ sung bản chụp rõ nét giấy tờ đã nộp',
    'stop': 'Có văn bản của cơ quan có thẩm quyền đề nghị tạm dừng giải quyết',
    'charge': 'Lệ phí theo biểu mức thu của Hội đồng nhân dân tỉnh',
}
ANSWERS = {
    'address': 'Số 12 đường Trần Hưng Đạo', 'going_to': 'Phường Tân Giang, tỉnh Cao Bằng', 'purpose': 'Bổ sung hồ sơ xin việc', 'reason': 'Đi làm xa nhà',
    'with_whom': 'Trần Văn Bình', 'make': 'Honda', 'plate': '23B1-123.45', 'decision': '0123/QĐ-XPHC', 'body': 'Hợp tác xã nông nghiệp Thắng Lợi',
    'employer': 'Công ty may Sông Lô', 'account': '1900123456789', 'school': 'Trường trung học phổ thông số 1', 'subjects': 'Lịch sử, Địa lý',
    'trade': 'Bán lẻ hàng hóa tổng hợp', 'child_name': 'Nguyễn Thị Bình An', 'months': '36', 'founders': 'one',
}
BUSINESSES = ('Tạp hóa Minh Tâm', 'Quán phở Thanh Hương', 'Sửa chữa xe máy Tuấn Anh', 'Dệt thổ cẩm Hoa Ban', 'Homestay Cao Nguyên Đá', 'Mật ong bạc hà Lũng Cú')
CHILDREN = {'male': ('Minh Khôi', 'Gia Bảo', 'Đức Anh', 'Quang Huy'), 'female': ('Bảo An', 'Khánh Linh', 'Thảo Nguyên', 'Minh Châu')}
COMMON = ('marital-status', 'household-business', 'health-card-household', 'absence', 'temporary-residence')
# These change who lives, who is married and who lives where: they are told as life events below, or by hand.
TOLD_ELSEWHERE = {'birth', 'death', 'marriage', 'residence', 'birth-bundle', 'death-bundle', 'birth-linked', 'death-linked', 'marriage-linked', 'move-linked',
                  'household-business-change', 'household-business-pause', 'household-business-end'}


def working_day_before(day, back):
    while back:
        day -= datetime.timedelta(days=1)
        back -= day.weekday() < 5
    return day


class Story:
    def __init__(self, door, dancu, data, sign_ins, seed):
        self.door, self.dice, self.users = door, random.Random(seed), {}
        with open(sign_ins, encoding='utf-8') as f:
            for a in json.load(f)['accounts']:
                self.users[a['login']] = User(door, a['login'], None if a['kind'] == 'system' else a['secret'], a['secret'] if a['kind'] == 'system' else None)
        made = subprocess.run([dancu, 'account', 'create', '--data', data, '--login', 'story', '--kind', 'operator'], capture_output=True, text=True, check=True)
        self.operator = User(door, 'story', json.loads(made.stdout)['password'])
        self.procedures, self.plans, self.bundles, self.orders = {}, [], {}, []
        self.citizen, self.officers = self.users['citizen'], {}

    # --- who takes part

    def people(self, synth):
        with open(f'{synth}/people.csv', encoding='utf-8') as f:
            everyone = list(csv.DictReader(f))
        self.by_id = {p['id']: p for p in everyone}
        facts = {f['field']: f['value'] for f in self.citizen.get('/me/record')['facts']}
        self.me = next(p for p in everyone if p['number'] == facts['number'])
        self.home = self.me['unit']
        living = [p for p in everyone if p['state'] == 'active' and p['number'] and p['unit']]
        sizes = {}
        for p in living:
            sizes[p['unit']] = sizes.get(p['unit'], 0) + 1
        near = sorted((u for u in sizes if u != self.home), key=lambda u: (-sizes[u], u))
        self.communes = [self.home] + near[:OFFICES - 1]
        adults = [p for p in living if '1966' < p['birth'] < '2005' and p['household'] != self.me['household']]
        self.crowd = {u: [p for p in adults if p['unit'] == u] for u in self.communes}
        for crowd in self.crowd.values():
            self.dice.shuffle(crowd)
        self.everyone = len(everyone)

    def applicant(self, commune):
        crowd = self.crowd[commune]
        crowd.append(crowd.pop(0))
        return crowd[-1]

    def couples(self, wanted):
        """Couples of the demonstration's commune of whom one heads the household, and whom nothing else happens to."""
        for p in sorted(self.crowd[self.home], key=lambda p: p['id']):
            other = self.by_id.get(p['spouse'])
            if other and other['state'] == 'active' and other['number'] and other['household'] == p['household'] and wanted(p, other):
                self.crowd[self.home] = [q for q in self.crowd[self.home] if q['household'] != p['household']]
                yield p, other

    def officer(self, organisation, unit, second=False):
        """The officers of an office: those of the demonstration where it has some, else accounts of their own."""
        key = (organisation, second)
        if key not in self.officers:
            code, known = self.home.split('@')[0], None
            for login, tail in (('clerk', f'.{code}.TP'), ('business', f'.{code}.KT'), ('officer', f'G01.H60.{code}'), ('insurer', 'G12.BH.H60'), ('tax', 'G12.T.H60')):
                if organisation.endswith(tail):
                    known = {'insurer': ('insurer', 'approver')}.get(login, (login, None))[second]
            self.officers[key] = self.users.get(known) or self.account(f'desk-{len(self.officers) + 1}', 'officer', unit=unit, organisation=organisation)
        return self.officers[key]

    def account(self, login, kind, **place):
        made = self.operator.post('/accounts', login=login, kind=kind, **place)
        return User(self.door, login, made['password'])

    def tick(self):
        self.door.clock(f'+{self.dice.randint(*TICK_S)}')

    # --- dossiers

    def answers(self, procedure, applicant, told, filled):
        """What the form asks beside what is told, by the kinds of its questions; what was filled in stays, and what the state does
        not know of this applicant is asked of them."""
        given = {k: str(v) for k, v in told.items()}
        for f in procedure['form']:
            if f['group'] or f['type'] == 'group' or not f['required'] or f['key'] in filled or f['key'] in given:
                continue
            if f['when'] and given.get(f['when']) != f['when_is']:
                continue
            day = self.today + datetime.timedelta(days=10)
            kind = {'number': str(max(f['least'], 3)), 'money': str(max(f['least'], 25_000_000)), 'sex': 'female', 'unit': applicant['unit'], 'flag': 'false',
                    'person-number': self.applicant(applicant['unit'])['number'], 'phone': '0912345678', 'email': 'nguoi.dan@example.vn', 'day': str(day)}
            text = ANSWERS.get(f['key'], str(self.dice.randint(10**9, 10**10)))[:f['most'] or None]
            words = [c['word'] for c in f['choices']]
            given[f['key']] = kind.get(f['type'], text if text in words or not words else self.dice.choice(words))
            if f['key'] == 'to_unit':
                given[f['key']] = next(u for u in self.communes if u != applicant['unit'])
            if f['key'] == 'business_name':
                given[f['key']] = self.dice.choice(BUSINESSES)
            if f['type'] == 'day' and f['key'] in ('since', 'ended', 'child_birth'):
                given[f['key']] = str(self.today - datetime.timedelta(days=self.dice.randint(2, 9)))
        return given

    def procedure(self, key):
        if key not in self.procedures:
            self.procedures[key] = self.users['clerk'].get(f'/procedures/{key}')
        return self.procedures[key]

    def submit(self, who, key, applicant, **told):
        """At the counter by an officer, or by the citizen; papers that are wanted are scanned and handed in."""
        procedure = self.procedure(key)
        at_counter = {} if who is self.citizen else {'applicant': applicant['number']}
        begun = who.post('/dossiers', procedure=key, **at_counter)
        now, filled = begun['now'], {a['key'] for a in begun['answers'] if a['value']}
        answers = self.answers(procedure, applicant, told, filled)
        listed = [{'key': k, 'value': v} for k, v in answers.items()]
        now = who.post('/dossiers/save', dossier=now['dossier'], expected_version=now['version'], answers=listed)['now']
        for c in procedure['components']:
            if c['required'] and not c['fetched'] and (not c['when'] or answers.get(c['when']) == c['when_is']):
                who.hand_in(now['dossier'], c['key'], PDF)
        reply = who.post('/dossiers/submit', dossier=now['dossier'], expected_version=now['version'], answers=[])
        self.tick()
        return {**reply['now'], 'organisation': reply['organisation'], 'unit': applicant['unit'], 'key': key, 'applicant': applicant}

    def move(self, who, d, path, **body):
        d.update(who.post(f'/dossiers/{path}', dossier=d['dossier'], expected_version=d['version'], **body)['now'])
        self.tick()

    def pay(self, who, d):
        self.receipts += 1
        asked = who.get(f"/dossiers/{d['dossier']}")
        d.update(who.post('/dossiers/pay', dossier=d['dossier'], amount=asked['fee'] - asked['paid'], receipt=f'BL-{self.receipts:04}')['now'])
        self.tick()

    def fee(self, key):
        return self.procedure(key)['item']['fee_counter'] or 20000

    def decide(self, d, grant):
        """Each step by an officer of the office that has it then; within one office by its second officer, who may be wanted."""
        who = self.officer(d['organisation'], d['unit'])
        for _ in self.procedure(d['key'])['steps'][1:]:
            self.move(who, d, 'forward')
            holder = who.get(f"/dossiers/{d['dossier']}")['organisation']
            who = self.officer(holder, d['unit'], second=holder == d['organisation'])
            self.move(who, d, 'take')
        try:
            if grant:
                return self.move(who, d, 'decide', grant=True)
        except Refused as refused:  # what the register knows by now speaks against it
            if refused.code != 'EVENT_CONFLICT':
                raise
        return self.move(who, d, 'decide', grant=False, reason=REASONS['refuse'])

    def visit(self, d, words):
        who = self.officer(d['organisation'], d['unit'])
        for word in words.split():
            if word in ('grant', 'refuse'):
                self.decide(d, word == 'grant')
            elif word == 'charge':
                self.move(who, d, 'charge', amount=self.fee(d['key']), reason=REASONS[word])
            elif word == 'pay':
                self.pay(who, d)
            elif word == 'supply':
                self.move(who, d, 'supply', answers=[], note='Đã bổ sung tại quầy')
            else:
                self.move(who, d, word, **({'reason': REASONS[word]} if word in REASONS else {}))

    def arrive(self, count, last):
        """New dossiers, most of them at home, of every procedure in turn; all are received by the clerk at the counter."""
        fates = [fate for weight, fate in FATES for _ in range(weight)]
        for _ in range(count):
            at_home = self.dice.random() < 0.75
            commune = self.home if at_home else self.dice.choice(self.communes[1:])
            self.turn += 1
            key = COMMON[self.turn % len(COMMON)] if self.turn % 4 else self.keys[self.turn // 4 % len(self.keys)]
            d = self.submit(self.users['clerk'], key, self.applicant(commune))
            seen = self.seen.setdefault(d['organisation'], [])
            seen.append(d)
            fate = FIRST_FATES[len(seen) - 1] if len(seen) <= len(FIRST_FATES) and not last else self.dice.choice(fates)
            self.plans.append((d, [v for v in fate.split('|') if v]))

    def desks(self):
        """Every office does what its dossiers' fates have for this visit, one after the other."""
        for d, visits in sorted(self.plans, key=lambda plan: plan[0]['organisation']):
            if visits:
                self.visit(d, visits.pop(0))

    # --- life events

    def birth(self, mother, father, legs, sex):
        name = f"{father['name'].split()[0]} {self.dice.choice(CHILDREN[sex])}"
        born = self.today - datetime.timedelta(days=self.dice.randint(2, 6))
        self.bundles[self.submit(self.users['clerk'], 'birth-linked', mother, child_name=name, child_sex=sex, child_birth=born, mother_number=mother['number'],
                                 father_number=father['number'], registered_at=mother['unit'])['dossier']] = legs

    def death(self, gone, widowed, legs):
        if legs > 2:  # the account into which the allowance goes
            cells = {'benefit': 'funeral', 'bank': 'Ngân hàng A', 'account_no': f'1{int(widowed["id"]):011}', 'holder': widowed['name']}
            self.users['coordinator'].post('/registers/put', ground='register/benefit-accounts', code='benefit-accounts',
                                           rows=[{'number': widowed['number'], 'cells': [{'field': k, 'value': v} for k, v in cells.items()]}])
        self.bundles[self.submit(self.users['clerk'], 'death-linked', widowed, deceased_number=gone['number'], death_day=self.today - datetime.timedelta(days=1),
                                 relation='spouse', allowance='insurance', registered_at=gone['unit'])['dossier']] = legs

    def legs(self):
        """The offices of the demonstration do the legs that stand in their queues, as far as each event is to come."""
        for login in ('clerk', 'officer', 'insurer'):
            who = self.users[login]
            for task in who.get('/life/queue', state='sent')['tasks']:
                if self.bundles.get(task['bundle'], 0) <= 0:
                    continue
                self.bundles[task['bundle']] -= 1
                of = {'bundle': task['bundle'], 'leg': task['leg']}
                taken = who.post('/life/take', expected_version=task['version'], **of)['leg']
                who.post('/life/complete', expected_version=taken['version'], **of)
                self.tick()

    def allowances(self, paid):
        """Ordered by one officer of the social insurance, approved by another; the bank reports the first ones as paid."""
        for row in self.users['coordinator'].post('/registers/rows', ground='register/funeral-allowances', code='funeral-allowances')['rows'] if not self.orders else []:
            try:
                self.orders.append(self.users['insurer'].post('/benefits/order', row=row['row'])['item'])
            except Refused as refused:
                if refused.code != 'BENEFIT_ACCOUNT':
                    raise
        for order in self.orders[:-1] if not paid else []:
            self.users['approver'].post('/benefits/approve', order=order['order'], expected_version=order['version'])
        if paid and len(self.orders) > 1:
            self.users['approver'].post('/benefits/export')
            order = self.orders[0]
            self.gateway.post('/benefits/outcome', ground='agreement/AG-2026-004', order=order['order'], amount=order['amount'], result='paid', reference='UNC-0001')

    # --- what the demonstration's citizen has

    def her_dossiers(self, step):
        c, clerk = self.citizen, self.users['clerk']
        if step == 0:
            self.hers = [self.submit(c, 'marital-status', self.me, purpose='property') for _ in range(2)]
        elif step == 1:
            for d in self.hers:
                self.visit(d, 'accept take grant deliver')
            for topic, value, evidence in (('utilities', 'PC0112233', 'hợp đồng mua bán điện số 15'), ('driving_licence', '790123456789', 'thẻ PET')):
                c.post('/offers', topic=topic, value=value, evidence=evidence)
            c.post('/ratings', dossier=self.hers[0]['dossier'], level=5)
            c.post('/complaints', dossier=self.hers[1]['dossier'], reason='Tôi phải đến quầy hai lần mới nhận được kết quả.', wish='Giải thích và xin lỗi bằng văn bản')
        elif step == 2:
            d = self.submit(c, 'household-business', self.me, business_name='Tạp hóa Sơn Ca', founders='one', conditional='false')
            self.visit(d, 'accept take charge')
            d = self.submit(c, 'marital-status', self.me, purpose='other')
            self.visit(d, 'accept take ask')
            given = {'event': 'birth', 'number': self.me['number'], 'day': str(self.today), 'sex': 'female', 'paper': 'GCS-2026-0117'}
            self.users['system'].post('/life/notice', ground='agreement/AG-2025-003', **given)

    def cases(self):
        """Papers that differ from the register, in each of the communes; two records that may be one."""
        coordinator = self.users['coordinator']
        for commune in self.communes:
            for p in self.crowd[commune][-4:-1]:
                said = re.sub(r'\S+$', self.dice.choice(('Hường', 'Quí', 'Thuỷ', 'Mỵ')), p['name'])
                coordinator.post('/cases/report', number=p['number'], attribute='name', said=said, source='giấy khai sinh')
            first, second = self.crowd[commune][-6:-4]
            coordinator.post('/cases/report', number=first['number'], other=second['number'], source='phản ánh tại quầy')

    # --- the days

    def begin(self):
        # Before the first day is over: who has a birth before her, who a death.
        births = list(self.couples(lambda p, o: p['sex'] == '2' and '1986' < p['birth'] and o['sex'] == '1' and o['relation'] == 'head'))
        self.young = births[:max(5, min(40, self.everyone // 6000))]
        deaths = list(self.couples(lambda p, o: p['birth'] < '1980' and o['birth'] < '1980' and o['relation'] == 'head'))
        self.old = deaths[:max(4, min(30, self.everyone // 8000))]
        self.keys = [p['key'] for p in self.users['clerk'].get('/procedures')['procedures'] if p['key'] not in TOLD_ELSEWHERE]
        self.turn, self.receipts, self.seen = 0, 0, {}
        self.operator.post('/accounts', login='story-bank', kind='system', organisation='cong-thanh-toan')
        self.gateway = User(self.door, 'story-bank', token=self.operator.post('/accounts/token', login='story-bank')['token'])

    def day(self, n, today):
        self.today = today
        self.door.clock(f'{datetime.datetime.combine(today, MORNING).isoformat()}Z')
        if n == 0:
            self.begin()
        last = n >= len(VISITS) - 2
        self.arrive(max(10, min(60, self.everyone // 8000)), last)
        for i, (mother, father) in enumerate(self.young):
            if i % (len(VISITS) - 1) == n:
                self.birth(mother, father, (3, 3, 2, 1, 0)[i % 5], ('female', 'male')[i % 2])
        for i, (gone, widowed) in enumerate(self.old):
            if i % (len(VISITS) - 2) == n:
                self.death(widowed, gone, (3, 3, 2, 1)[i % 4])
        if n in (0, 2, len(VISITS) - 1):
            self.her_dossiers({0: 0, 2: 1}.get(n, 2))
        if n == 1:
            self.cases()
        self.desks()
        self.legs()
        if n in (4, len(VISITS) - 1):
            self.allowances(paid=n > 4)
        for watch in ('/dossiers/sweep', '/life/sweep'):
            self.operator.post(watch)

    def end(self):
        for login in ('story-bank', 'story'):
            self.operator.post('/accounts/block', login=login, blocked=True)


def main(argv):
    today = datetime.date.today()
    if argv[1:] == ['first']:
        print(working_day_before(today, VISITS[0]))
        return 0
    if len(argv) not in (5, 6):
        print(__doc__, file=sys.stderr)
        return 2
    dancu, data, synth, sign_ins = argv[1:5]
    words = [dancu, 'serve', '--data', data, '--plain', '--debug', '--port', '0', '--clock', f'{working_day_before(today, VISITS[0])}T01:00:00Z']
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        found = re.match(r'ready (\S+)', server.stdout.readline())
        if not found:
            print('the server did not start', file=sys.stderr)
            return 1
        story = Story(Door(found[1]), dancu, data, sign_ins, int(argv[5]) if len(argv) == 6 else 7)
        story.people(synth)
        for n, back in enumerate(VISITS):
            story.day(n, working_day_before(today, back))
        story.end()
    finally:
        server.terminate()
        server.wait()
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
