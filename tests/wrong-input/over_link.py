"""Wrong lists, roles and files of entities for `dancu link`, which needs no store."""
import subprocess

from over_verb import FAILED, USAGE

PEOPLE = '''ma,ten,ngay
1,Nguyễn Văn Thử,1990-01-02
2,Trần Thị Mẫu,1991-05-17
3,Nguyễn Văn Thử,1990-01-02
'''
ROLES = 'columns:\n  ma: id\n  ten: full-name\n  ngay: birth-date\n'


def cases():
    return roles() + lists() + others()


def link(*words, **files):
    """`people.csv` and `roles.yaml` are right unless the case says otherwise; `_` in a name stands for a dot."""
    def do(a):
        for name, text in {'people_csv': PEOPLE, 'roles_yaml': ROLES, **files}.items():
            content = text if isinstance(text, bytes) else text.encode()
            (a.w.folder / name.replace('_', '.')).write_bytes(content)
        return a.verb('link', *words)
    return do


def with_roles(text):
    return link('people.csv', '--roles', 'roles.yaml', roles_yaml=text)


def with_list(text):
    return link('people.csv', '--roles', 'roles.yaml', people_csv=text)


def roles():
    return [
        ('A role that does not exist', 'roles', FAILED, 'ROLE_UNKNOWN', with_roles(ROLES.replace('birth-date', 'birthday'))),
        ('A role for a column that no list has', 'roles', FAILED, 'ROLE_COLUMN', with_roles(ROLES.replace('ngay', 'ngay sinh'))),
        ('Two columns of ids', 'roles', FAILED, 'ROLE_DOUBLE', with_roles(ROLES.replace('full-name', 'id'))),
        ('No column to compare', 'roles', FAILED, 'ROLES_NONE', with_roles('columns:\n  ma: id\n  ten: ignore\n')),
        ('A misspelt key in the roles', 'roles', FAILED, 'ROLES_FILE', with_roles(ROLES.replace('columns', 'colums'))),
        ('Roles that are no YAML', 'roles', FAILED, 'ROLES_FILE', with_roles('columns:\n  ma: "id\n')),
        ('Roles that are empty', 'roles', FAILED, 'ROLES_FILE', with_roles('')),
        ('Roles that are not there', 'roles', FAILED, 'IO', link('people.csv', '--roles', 'none.yaml')),
    ]


def lists():
    return [
        ('A quote that never closes, in a list to link', 'list', FAILED, 'CSV_QUOTE', with_list(PEOPLE + '4,"Lê Văn\n')),
        ('A row with more cells than the head', 'list', FAILED, 'CSV_COLUMNS', with_list(PEOPLE + '4,Lê Văn Tám,1990-01-01,x\n')),
        ('A list to link in an old font', 'list', FAILED, 'ENCODING_UNKNOWN', with_list(b'ma,t\xaan,ng\xb5y\n1,a,1990\n')),
        ('An empty list to link', 'list', FAILED, 'FILE_EMPTY', with_list('')),
        ('A head that stands twice, with a role', 'list', FAILED, 'ROLES_HEADS', with_list(PEOPLE.replace('ma,ten,ngay', 'ma,ten,ten').replace('ngay', 'ten'))),
    ]


def others():
    return [
        ('No list to link', 'verb', USAGE, 'ARGUMENT_MISSING', link()),
        ('Three lists to link', 'verb', USAGE, 'ARGUMENT_EXTRA', link('a.csv', 'b.csv', 'c.csv')),
        ('Pairs written over the list itself', 'verb', FAILED, 'FILE_IS_INPUT', link('people.csv', '--pairs', 'people.csv')),
        ('A report of a kind that there is not', 'verb', FAILED, 'ENUM_UNKNOWN', link('people.csv', '--report', 'report.pdf')),
        ('Memory that is no size', 'verb', FAILED, 'VALUE_RANGE', link('people.csv', '--memory', 'much')),
        ('A pair of which one record is not there', 'verb', FAILED, 'RECORD_UNKNOWN', link('people.csv', '--roles', 'roles.yaml', '--explain', '1,99')),
        ('A pair whose record is there twice', 'verb', FAILED, 'RECORD_DOUBLE',
         link('people.csv', '--roles', 'roles.yaml', '--explain', '1,2', people_csv=PEOPLE.replace('3,', '2,'))),
        ('A file of entities that was changed by hand', 'entities', FAILED, 'ENTITY_STATE', changed_by_hand),
        ('Undoing what never happened', 'entities', FAILED, 'ENTITY_ENTRY', undone_for_nothing),
    ]


def state(a):
    (a.w.folder / 'people.csv').write_text(PEOPLE, encoding='utf-8')
    (a.w.folder / 'roles.yaml').write_text(ROLES, encoding='utf-8')
    path = a.w.folder / a.fresh('state.csv')
    path.unlink(missing_ok=True)
    subprocess.run([a.w.binary, 'link', 'people.csv', '--roles', 'roles.yaml', '--entities', 'state.csv'], check=True, capture_output=True, cwd=a.w.folder)
    return path


def changed_by_hand(a):
    path = state(a)
    path.write_text(path.read_text().replace('record,0,3,', 'record,0,4,'))
    return a.verb('link', 'people.csv', '--roles', 'roles.yaml', '--entities', 'state.csv')


def undone_for_nothing(a):
    state(a)
    return a.verb('link', '--entities', 'state.csv', '--undo', 7)
