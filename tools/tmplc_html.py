"""The HTML side of tmplc: a tokenizer that knows at each point of a template where it stands, so that the escaping of a
value follows from its place, and that refuses markup which a browser would have to guess about or a person could not use.

Refused: words that are not messages; inline script, style and on… attributes; values without double quotes; elements that
are not closed in order; a picture without alt; an input without a label; a POST form without its token; an id twice.
"""
import re

VOID = set("area br col hr img input link meta source track wbr".split())
REFUSED_ELEMENTS = {
    "style": "style sheets stand in web/styles", "iframe": "frames are not used", "object": "plug-ins are not used",
    "embed": "plug-ins are not used", "base": "it would move every address of the page",
    "foreignobject": "HTML inside a picture is not used", "template": "it needs a script", "noscript": "pages do without script",
    "font": "it is obsolete", "center": "it is obsolete", "marquee": "it is obsolete",
}
SVG = set("circle ellipse line path polygon polyline rect use".split())
BOOLEAN = set("""async autofocus checked defer disabled download hidden multiple novalidate open readonly required reversed
selected""".split())
URLS = set("action cite data formaction href manifest ping poster src".split())
WORDS = set("""abbr alt aria-description aria-label aria-placeholder aria-roledescription aria-valuetext label placeholder
summary title""".split())
RAW = {"script"}
KEEP_SPACE = {"pre", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
ENTITY = re.compile(r"&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
EXPRESSION = "\x00"  # stands in a recorded value where an expression was

TEXT, TAG, IN_TAG, ATTR, AFTER_ATTR, VALUE, END_TAG, COMMENT, DOCTYPE = range(9)


class Refused(Exception):
    def __init__(self, line, why):
        super().__init__(why)
        self.line, self.why = line, why


class Form:
    def __init__(self, line, method):
        self.line, self.method, self.csrf = line, method, False


class Html:
    """Takes pieces of markup and places of expressions in order; leaves what is to be written in `self.out`."""

    def __init__(self, emit):
        self.emit = emit       # called with the literal text that goes to the page
        self.state, self.line = TEXT, 1
        self.text = ""         # the literal since the last change of state
        self.text_line = 1
        self.name, self.attr, self.value = "", "", ""
        self.tag, self.attrs, self.tag_line = "", {}, 1
        self.stack = []        # open elements: (name, line)
        self.forms = []
        self.labels_for, self.inputs, self.ids = set(), [], []
        self.path = ()         # (number of the if, branch) around this point
        self.loops = 0
        self.pending = ""

    # --- feeding ---------------------------------------------------------------------------------------------------

    def feed(self, text, line):
        self.line = line
        steps = {TEXT: self.in_text, TAG: self.in_tag_name, IN_TAG: self.in_tag, ATTR: self.in_attr, VALUE: self.in_value,
                 AFTER_ATTR: self.after_attr, END_TAG: self.in_end_tag, COMMENT: self.in_comment, DOCTYPE: self.in_doctype}
        for c in text:
            steps[self.state](c)
            if c == "\n":
                self.line += 1
        self.flush()

    def refuse(self, why, line=None):
        raise Refused(line or self.line, why)

    def put(self, c):
        self.pending += c

    def flush(self):
        """Before anything that is not literal: check what was collected and hand it on."""
        if self.state == TEXT:
            self.check_text()
        if self.state == VALUE:
            self.value += self.text
            self.text = ""
        if self.pending:
            self.emit(self.pending)
            self.pending = ""

    def check_text(self):
        text, self.text = self.text, ""
        bare = ENTITY.sub(" ", text)
        if "&" in bare:
            self.refuse("“&” is written &amp;", self.text_line)
        if self.in_script() and text.strip():
            self.refuse("inline script: scripts stand in web/scripts", self.text_line)
        found = re.search(r"[^\W\d_]+", bare)
        if found:
            self.refuse(f"hard-coded word “{found[0]}”: use {{{{t key}}}} and messages/", self.text_line)
        if not any(name in KEEP_SPACE for name, _ in self.stack):
            text = re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]+", " ", text))
        self.pending += text

    def in_script(self):
        return bool(self.stack) and self.stack[-1][0] in RAW

    # --- states ----------------------------------------------------------------------------------------------------

    def in_text(self, c):
        if c != "<":
            if not self.text.strip():
                self.text_line = self.line
            self.text += c
            return
        self.check_text()
        self.state, self.name, self.tag_line = TAG, "", self.line

    def in_tag_name(self, c):
        if c == "/" and not self.name:
            self.state = END_TAG
        elif self.name + c == "!--":
            self.state, self.name = COMMENT, ""
        elif self.name.lower() + c.lower() == "!doctype":
            self.put("<!doctype")
            self.state = DOCTYPE
        elif c in " \t\n>/":
            self.begin_tag()
            self.state = IN_TAG
            self.in_tag(c)
        else:
            self.name += c

    def begin_tag(self):
        if not NAME.match(self.name):
            self.refuse(f"“<{self.name}” is no element; a literal “<” is written &lt;", self.tag_line)
        if self.name in REFUSED_ELEMENTS:
            self.refuse(f"<{self.name}>: {REFUSED_ELEMENTS[self.name]}", self.tag_line)
        if self.in_script():
            self.refuse("inline script: scripts stand in web/scripts", self.tag_line)
        self.tag, self.attrs = self.name, {}
        self.put("<" + self.name)

    def in_tag(self, c):
        if c == ">":
            self.end_of_tag()
        elif c == "/":
            self.attrs["/"] = ""
        elif c in " \t\n":
            if self.pending[-1:] != " ":
                self.put(" ")
        elif "/" in self.attrs:
            self.refuse("“/” inside a tag")
        else:
            self.state, self.attr = ATTR, c

    def in_attr(self, c):
        if c not in "= \t\n>/":
            self.attr += c
            return
        self.check_attr_name(self.attr)
        self.put(self.attr)
        if c == "=":
            self.state = AFTER_ATTR
            return
        if self.attr not in BOOLEAN and not self.attr.startswith("data-"):
            self.refuse(f"attribute {self.attr} without a value")
        self.attrs[self.attr] = None
        self.state = IN_TAG
        self.in_tag(c)

    def check_attr_name(self, name):
        if not re.fullmatch(r"[a-z][a-zA-Z0-9-]*", name) or (name != name.lower() and "svg" not in self.open_names()):
            self.refuse(f"“{name}” is no attribute name")
        if name.startswith("on"):
            self.refuse(f"{name}: inline script: scripts stand in web/scripts")
        if name in ("style", "srcset", "srcdoc"):
            self.refuse(f"attribute {name} is not used: styles stand in web/styles")
        if name in self.attrs:
            self.refuse(f"attribute {name} stands twice")

    def open_names(self):
        return [name for name, _ in self.stack] + [self.tag]

    def after_attr(self, c):
        if c != '"':
            self.refuse(f"the value of {self.attr} is not in double quotes")
        self.put('="')
        self.state, self.value, self.text = VALUE, "", ""

    def in_value(self, c):
        if c == '"':
            self.value += self.text
            self.text = ""
            self.check_value()
            self.attrs[self.attr] = self.value
            self.put('"')
            self.state = IN_TAG
        elif c == "<":
            self.refuse(f"“<” in the value of {self.attr}: is its quote closed?")
        else:
            self.text += c
            self.put(c)

    def check_value(self):
        bare = ENTITY.sub(" ", literal_of(self.value))
        if "&" in bare:
            self.refuse("“&” is written &amp;")
        if self.attr in WORDS and any(c.isalpha() for c in bare):
            self.refuse(f"hard-coded words in {self.attr}: use {{{{t key}}}} and messages/")
        if self.attr in URLS and not self.value.startswith(EXPRESSION):
            local = re.match(r"(/(?!/)|#|\?|https://|[a-z0-9._-]+(/|\Z|\?))", self.value) or self.value == ""
            if not local:
                self.refuse(f"{self.attr}: an address begins with /, ?, # or https://")

    def in_end_tag(self, c):
        if c != ">":
            self.name += c
            return
        name = self.name.strip()
        if not self.stack or self.stack[-1][0] != name:
            inner = f"<{self.stack[-1][0]}> of line {self.stack[-1][1]} is open" if self.stack else "nothing is open"
            self.refuse(f"</{name}>, but {inner}")
        self.stack.pop()
        self.put(f"</{name}>")
        self.state = TEXT
        if name == "form":
            form = self.forms.pop()
            if form.method == "post" and not form.csrf:
                self.refuse("a form with method post needs {{csrf}}", form.line)

    def in_comment(self, c):
        self.name = (self.name + c)[-3:]
        if self.name == "-->":
            self.state, self.name = TEXT, ""

    def in_doctype(self, c):
        self.put(c)
        if c == ">":
            self.state = TEXT

    # --- a whole start tag -----------------------------------------------------------------------------------------

    def end_of_tag(self):
        closed = "/" in self.attrs
        self.attrs.pop("/", None)
        self.check_tag()
        self.pending = self.pending.rstrip(" ")
        svg = self.tag in SVG and "svg" in self.open_names()
        if closed and self.tag not in VOID and not svg:
            self.refuse(f"<{self.tag}/>: only void elements close themselves", self.tag_line)
        if closed and svg:
            self.put("/>")
        else:
            self.put(">")
            if self.tag not in VOID:
                self.stack.append((self.tag, self.tag_line))
        self.state = TEXT

    def check_tag(self):
        attrs, tag = self.attrs, self.tag
        if tag == "script" and not attrs.get("src"):
            self.refuse("inline script: scripts stand in web/scripts", self.tag_line)
        if tag == "img" and "alt" not in attrs:
            self.refuse("a picture without alt (alt=\"\" if it says nothing)", self.tag_line)
        if tag == "form":
            self.check_form()
        if "id" in attrs:
            self.check_id(attrs["id"])
        if tag == "label" and "for" in attrs:
            self.labels_for.add(attrs["for"])
        if tag == "input" and attrs.get("type") in ("submit", "button", "reset"):
            if any(c.isalpha() for c in literal_of(attrs.get("value") or "")):
                self.refuse("hard-coded words in the value of a button", self.tag_line)
        if tag in ("input", "select", "textarea") and attrs.get("type") not in UNLABELLED:
            self.check_input()

    def check_form(self):
        method = self.attrs.get("method")
        if method not in ("get", "post"):
            self.refuse('a form says method="get" or method="post"', self.tag_line)
        if self.forms:
            self.refuse("a form inside a form", self.tag_line)
        self.forms.append(Form(self.tag_line, method))

    def check_id(self, value):
        if EXPRESSION in value:
            return
        if self.loops:
            self.refuse(f"id “{value}” in a loop would stand more than once", self.tag_line)
        for other, line, path in self.ids:
            if other == value and not exclusive(path, self.path):
                self.refuse(f"id “{value}” stands also at line {line}", self.tag_line)
        self.ids.append((value, self.tag_line, self.path))

    def check_input(self):
        attrs = self.attrs
        if attrs.get("aria-label") or attrs.get("aria-labelledby") or "label" in [name for name, _ in self.stack]:
            return
        self.inputs.append((attrs.get("id"), self.tag, self.tag_line))

    # --- from the template -----------------------------------------------------------------------------------------

    def place(self, code):
        """Where an expression stands now: text, attr, url (the whole address) or part (of an address)."""
        self.flush()
        if self.state == TEXT:
            if self.in_script():
                self.refuse("an expression inside <script>")
            return "text"
        if self.state != VALUE:
            where = {TAG: "the name of an element", END_TAG: "the name of an element", IN_TAG: "a tag outside of a value",
                     ATTR: "the name of an attribute", AFTER_ATTR: "a value without quotes", COMMENT: "a comment"}
            self.refuse(f"an expression in {where.get(self.state, 'a doctype')}")
        first = self.value == ""
        self.value += EXPRESSION + code + EXPRESSION
        if self.tag == "meta" and self.attr == "content" and "http-equiv" in self.attrs:
            self.refuse("an expression in the content of a meta http-equiv")
        if self.attr in URLS:
            return "url" if first else "part"
        return "attr"

    def boolean(self, name):
        """{{attr name if …}}; gives the text to write when it holds."""
        self.flush()
        if self.state != IN_TAG:
            self.refuse("{{attr …}} stands between the attributes of a tag")
        if name not in BOOLEAN:
            self.refuse(f"{name} is not a boolean attribute")
        self.check_attr_name(name)
        self.attrs[name] = None
        return " " + name

    def csrf(self):
        self.flush()
        if self.state != TEXT or not self.forms:
            self.refuse("{{csrf}} stands in a form")
        if self.forms[-1].method != "post":
            self.refuse("{{csrf}} in a form with method get would show the token in the address")
        self.forms[-1].csrf = True

    def in_plain_text(self, what):
        self.flush()
        if self.state != TEXT or self.in_script():
            self.refuse(f"{what} stands between elements")

    def shape(self):
        """What has to be the same at the two ends of a branch or loop."""
        self.flush()
        attr = self.attr if self.state in (ATTR, AFTER_ATTR, VALUE) else ""
        if self.state in (TAG, ATTR, AFTER_ATTR, END_TAG, COMMENT, DOCTYPE):
            self.refuse("a branch or loop cannot begin or end here")
        return self.state, attr, tuple(self.stack), len(self.forms)

    def finish(self, line):
        self.flush()
        self.line = line
        if self.state != TEXT:
            self.refuse("the template ends inside a tag or comment")
        if self.stack:
            self.refuse(f"<{self.stack[-1][0]}> is not closed", self.stack[-1][1])
        for id_value, tag, tag_line in self.inputs:
            if id_value is None or id_value not in self.labels_for:
                self.refuse(f"<{tag}> has neither <label for> nor aria-label", tag_line)


def literal_of(value):
    """A recorded value without the code of its expressions."""
    return re.sub(EXPRESSION + ".*?" + EXPRESSION, " ", value, flags=re.S)


def exclusive(one, other):
    """Can the two places, given by the branches around them, never be written in one run?"""
    taken = dict(one)
    return any(taken.get(number, branch) != branch for number, branch in other)
