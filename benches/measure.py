#!/usr/bin/env python3
"""How fast the service reads and signs, beside a bare handler that sends the same bytes and beside bare durable commits.

    benches/measure.py [--write] [documents ...]

Builds in release mode, makes stores of 10, 1000 and 10000 documents (unless others are named) in target/bench, and prints
the tables; with --write they go to docs/benchmarks.md. Needs Linux, two cores and python3; with PostgreSQL installed,
signing is measured on a private server of it, too. The server has one core and the client the other.

Stores are kept and used again. One document is imported by the product's own command; then its rows are copied under
other ids, past the triggers that keep published rows as they are. 10000 documents take some minutes and gigabytes once.
"""
import glob, json, os, re, shutil, socket, sqlite3, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(ROOT, "target", "bench")
SERVICE = os.path.join(ROOT, "target/release/consilium")
BARE = os.path.join(ROOT, "target/release/examples/bare")
SECTIONS, STATEMENTS, SECONDS, ROUNDS, CLIENTS = 12, 8, 1.0, 3, 16
PAPER = os.path.join(ROOT, "docs/benchmarks.md")
PAGE = """document(slug: $slug) { id slug title reviewDue edition { number issued sections { id key number level heading body
recommendations { id label number strength text } } } }"""
DRAFT = """query Draft($slug: String!) { document(slug: $slug) { id slug title draft { number sections { id key number level heading
body cells { discipline state needed given } recommendations { id label number strength text } } }
review { gate { ready blockers { code } } } } }"""


def manuscript():
    words = "the woman is offered a clear account of what was found and of what can be done next by a named nurse ".split()
    text = lambda seed, n: " ".join(words[(seed + i * i) % len(words)] for i in range(n)).capitalize() + "."
    out = ["---", "title: Measured", "slug: measured", "issued: 2017-08", "review_due: 2099-05", "---", ""]
    for s in range(SECTIONS):
        out += [f'# Section {s} {{#section-{s} disciplines="NURSING SURGERY"}}', ""]
        out += ["\n\n".join(text(s * 7 + p, 60) for p in range(3)), ""]
        for r in range(STATEMENTS):
            out += [f"::: recommendation R{s * STATEMENTS + r + 1} OFFER", text(s + r, 38), ":::", ""]
    return "\n".join(out)


def editions(n):
    """From 1 to 20 of each document, four on average."""
    return 1 + n % 20 if n % 4 == 0 else 1 + n % 3


def settings(path):
    return dict(os.environ, CONSILIUM_DATABASE__URL=f"sqlite:{path}", CONSILIUM_LOG__FILTER="error",
                CONSILIUM_LIMITS__RATE_ANONYMOUS="0", CONSILIUM_LIMITS__RATE_SIGNED_IN="0",
                CONSILIUM_LIMITS__COMPLEXITY_ANONYMOUS="100000", CONSILIUM_LIMITS__COMPLEXITY_SIGNED_IN="100000", CONSILIUM_SCHEDULER__ENABLED="false")


def run(path, *arguments):
    done = subprocess.run([SERVICE, *arguments], cwd=KEPT, env=settings(path), capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.split()


def store(size):
    path = os.path.join(KEPT, f"{size}.db")
    if os.path.exists(path):
        return path
    os.makedirs(KEPT, exist_ok=True)
    part = path + ".part"
    for old in glob.glob(part + "*"):
        os.remove(old)
    text = os.path.join(KEPT, "measured.md")
    with open(text, "w") as file:
        file.write(manuscript())
    run(part, "migrate")
    run(part, "import", text, "--group", "bench", "--group-name", "Bench")
    copy(part, size)
    chair = run(part, "token", "--subject", "chair", "--name", "Chair", "--seat", "chair@bench")[-1]
    run(part, "token", "--subject", "nurse", "--name", "Nurse", "--seat", "member:nursing@bench")
    service = Process([SERVICE, "serve", "--bind", "127.0.0.1:18471"], settings(part), ("127.0.0.1", 18471))
    asked = wire('{ document(slug: "measured") { id } }', {})
    document = json.loads(once(service.address, asked)[1])["data"]["document"]["id"]
    opening = "mutation($id: ID!) { openReview(input: { documentId: $id, reason: \"Measured.\" }) { userErrors { code } } }"
    opened = once(service.address, wire(opening, {"id": document}, (f"Authorization: Bearer {chair}",)))[1]
    assert json.loads(opened)["data"]["openReview"]["userErrors"] == [], opened
    service.stop()
    # What is written stands beside the file until it is taken over.
    db = sqlite3.connect(part)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    os.rename(part, path)
    return path


def copy(path, size):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA synchronous = OFF")
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    db.execute("BEGIN IMMEDIATE")
    for name, _ in triggers:
        db.execute(f'DROP TRIGGER "{name}"')
    rows = {}
    tables = ("document", "section", "recommendation", "revision", "edition", "placement", "requirement", "revision_text")
    for table in tables:
        cursor = db.execute(f"SELECT * FROM {table}")
        rows[table] = ([column[0] for column in cursor.description], cursor.fetchall())

    def moved(value, n, e=0):
        is_id = isinstance(value, bytes) and len(value) == 16
        return value[:9] + e.to_bytes(1, "big") + n.to_bytes(3, "big") + value[13:] if is_id else value

    def insert(table, n, change=lambda row: None, e=0, keep=()):
        columns, originals = rows[table]
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        in_edition = lambda column: column == "edition_id" or (table, column) == ("edition", "id")
        for original in originals:
            pairs = zip(columns, original)
            row = {c: v if c in keep else moved(v, n, e if in_edition(c) else 0) for c, v in pairs}
            change(row)
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))

    for n in range(1, size):
        insert("document", n, lambda row: row.update(slug=f"measured-{n}"), keep=("group_id",))
        for table in ("section", "recommendation", "revision", "revision_text"):
            insert(table, n, keep=("author_id",))
        last = editions(n)
        for e in range(last):
            def change(row):
                is_last = e + 1 == last
                row.update(major=e + 1, state="PUBLISHED" if is_last else "SUPERSEDED",
                           superseded_at=None if is_last else row["published_at"])
            insert("edition", n, change, e)
            insert("placement", n, e=e)
            insert("requirement", n, e=e)
    db.execute("""INSERT OR IGNORE INTO shelf_placement (edition_id, section_id, revision_id)
        SELECT placement.edition_id, placement.section_id, placement.revision_id
        FROM placement JOIN edition ON edition.id = placement.edition_id WHERE edition.state = 'PUBLISHED'""")
    db.execute("INSERT OR IGNORE INTO revision_row (row_id, revision_id) SELECT rowid, revision_id FROM revision_text")
    for _, sql in triggers:
        db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Process:
    """A server on the first core."""

    def __init__(self, command, env, address):
        self.begun = time.time()
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.child = subprocess.Popen(["taskset", "-c", "0", *command], env=env, cwd=KEPT, **quiet)
        self.address = address
        while True:
            try:
                socket.create_connection(address).close()
                break
            except OSError:
                assert self.child.poll() is None, f"{command[0]} ended"
                time.sleep(0.002)

    def cpu(self):
        """Seconds of work so far, by the scheduler's own count, which is finer than clock ticks."""
        tasks = glob.glob(f"/proc/{self.child.pid}/task/*/schedstat")
        return sum(int(open(task).read().split()[0]) for task in tasks) / 1e9

    def memory(self):
        with open(f"/proc/{self.child.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def stop(self):
        self.child.terminate()
        self.child.wait()


def wire(query, variables, headers=()):
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = ["POST /graphql HTTP/1.1", "Host: bench", "Content-Type: application/json", "Accept: application/json",
            f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def read(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(262144)
        assert part, "the server hung up"
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = int((re.search(rb"content-length: (\d+)", head, re.I) or [0, 0])[1])
    while len(body) < length:
        body += connection.recv(262144)
    return head, body


def measure(process, request):
    """CPU a request and requests a second with 16 clients; then the latencies of one."""
    connections = [socket.create_connection(process.address) for _ in range(CLIENTS)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request())
        head, body = read(connection)
        assert head.split()[1] in (b"200", b"304") and b'"errors"' not in body[:12], (head, body[:300])
    count, cpu, begun = 0, process.cpu(), time.time()
    while time.time() - begun < SECONDS:
        for connection in connections:
            connection.sendall(request())
        for connection in connections:
            read(connection)
        count += CLIENTS
    taken, cpu = time.time() - begun, process.cpu() - cpu
    latencies = []
    while len(latencies) < 500 and (len(latencies) < 100 or time.time() - begun < 4 * SECONDS):
        at = time.perf_counter()
        connections[0].sendall(request())
        read(connections[0])
        latencies.append(time.perf_counter() - at)
    latencies.sort()
    for connection in connections:
        connection.close()
    at = lambda part: latencies[int(len(latencies) * part)] * 1e3
    return {"rate": count / taken, "cpu": cpu / count * 1e6, "p50": at(0.5), "p99": at(0.99)}


def once(address, request):
    with socket.create_connection(address) as connection:
        connection.sendall(request)
        return read(connection)


def reads(size, out):
    path = store(size)
    nurse = run(path, "token", "--subject", "nurse", "--name", "Nurse")[-1]
    address, there = ("127.0.0.1", 18471), ("127.0.0.1", 18472)
    service = Process([SERVICE, "serve", "--bind", "%s:%d" % address], settings(path), address)
    slug = f"measured-{size // 2 - 1}"
    page, numbers = f"query Page($slug: String!) {{ {PAGE} }}", iter(range(10**9))
    first = wire(page, {"slug": slug})
    head, _ = once(address, first)
    cold, idle = (time.time() - service.begun) * 1e3, service.memory()
    tag = (re.search(rb"etag: (\S+)", head, re.I) or [0, b'""'])[1].decode()
    has = wire(page, {"slug": slug}, (f"If-None-Match: {tag}",))
    shelf = wire("{ documents(first: 20) { nodes { slug title reviewDue edition { number } } } }", {})
    part = wire('query($slug: String!) { section(document: $slug, key: "section-3", edition: "1.0") { heading body '
                'recommendations { label text } } }', {"slug": slug})
    search = wire('{ search(text: "named nurse") { nodes { section { heading } snippetText } } }', {})
    draft = wire(DRAFT, {"slug": "measured"}, (f"Authorization: Bearer {nurse}",))
    fresh = f"query Page($slug: String!, $n: String!) {{ {PAGE} n: section(document: $slug, key: $n) {{ id }} }}"
    rows = {
        "R1 the page": lambda: first,
        "R2 twenty documents": lambda: shelf,
        "R3 a section of an older edition": lambda: part,
        "R4 search": lambda: search,
        "R5 the page, unchanged (304)": lambda: has,
        "R6 a draft with its cells and gate, as a reviewer": lambda: draft,
        "R7a the page, variables never seen": lambda: wire(fresh, {"slug": slug, "n": f"none-{next(numbers)}"}),
        "R7b the page, a text never seen": lambda: wire(page + f" # {next(numbers)}", {"slug": slug}),
        "R7c the page, a selection never seen": lambda: wire(
            page.replace("body", f"body b{next(numbers)}: level"), {"slug": slug}),
    }
    for name, request in rows.items():
        body = once(service.address, request())[1]
        file = os.path.join(KEPT, "body.json")
        with open(file, "wb") as bytes_to_send:
            bytes_to_send.write(body)
        bare = Process([BARE, "%s:%d" % there, file], settings(path), there)
        # In turns, and the median of the ratios: a machine shared with others has its moods.
        turns = [(measure(service, request), measure(bare, lambda: first)) for _ in range(ROUNDS)]
        got, base = sorted(turns, key=lambda turn: turn[0]["cpu"] / turn[1]["cpu"])[ROUNDS // 2]
        bare.stop()
        out(f"| {size} | {name} | {len(body)} | {got['rate']:.0f} | {got['cpu']:.1f} | {base['cpu']:.1f} | "
            f"{got['cpu'] / base['cpu']:.2f} | {got['p50']:.2f} | {got['p99']:.2f} |")
    for n in range(1, min(size, 10_000)):
        once(address, wire(page, {"slug": f"measured-{n}"}))
    memory = f"| {size} | {cold:.0f} | {idle:.0f} | {service.memory():.0f} |"
    service.stop()
    return memory


def postgres():
    """A private server in a temporary directory, if one is installed: its address, and how to stop it."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or filter(None, [shutil.which("initdb")])
    programs = [os.path.dirname(program) for program in found]
    if not programs:
        return None, lambda: None
    directory = tempfile.mkdtemp(prefix="consilium-bench-")
    as_whom = []
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres")
        as_whom = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    call = lambda program, *arguments: subprocess.run(
        [*as_whom, os.path.join(programs[-1], program), "-D", directory + "/data", *arguments],
        cwd=directory, check=True, stdout=subprocess.DEVNULL)
    call("initdb", "-U", "bench", "-A", "trust", "-E", "UTF8")
    call("pg_ctl", "-w", "-o", f"-p 18473 -k {directory} -c listen_addresses=127.0.0.1", "-l", directory + "/log", "start")

    def stop():
        call("pg_ctl", "-m", "fast", "stop")
        shutil.rmtree(directory)

    return "postgres://bench@127.0.0.1:18473/postgres", stop


def bench(name, env=()):
    command = ["cargo", "bench", "--quiet", "--bench", name]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ, **dict(env)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def main():
    is_written = "--write" in sys.argv
    sizes = [int(argument) for argument in sys.argv[1:] if argument.isdigit()] or [10, 1000, 10000]
    # At once: tests ask more of some libraries, and built one by one they would be built twice.
    build = ["cargo", "build", "--release", "--bin", "consilium", "--example", "bare", "--bench", "sign_off", "--bench", "bearer"]
    subprocess.run(build, cwd=ROOT, check=True)
    os.sched_setaffinity(0, {1})
    lines = []

    def out(line):
        lines.append(line)
        print(line, flush=True)

    out("| documents | work | bytes | requests/s | CPU µs | bare CPU µs | ratio | p50 ms | p99 ms |")
    out("|---|---|---|---|---|---|---|---|---|")
    memory = [reads(size, out) for size in sizes]
    out("\n| documents | first answer after, ms | memory then, MB | memory after every page, MB |\n|---|---|---|---|")
    for line in memory:
        out(line)
    os.sched_setaffinity(0, {0, 1})
    url, stop = postgres()
    try:
        out("\n" + bench("sign_off", [("BENCH_DATABASE_URL", url)] if url else []))
    finally:
        stop()
    out("\n" + bench("bearer"))
    if is_written:
        write("\n".join(lines))


def write(tables):
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    machine = f"{model[1] if model else os.uname().machine}, {os.cpu_count()} cores, Linux {os.uname().release}"
    day = time.strftime("%Y-%m-%d")
    with open(PAPER) as paper:
        before, _, rest = paper.read().partition("<!-- tables -->")
        _, _, after = rest.partition("<!-- end -->")
    with open(PAPER, "w") as paper:
        paper.write(f"{before}<!-- tables -->\n\nOn {day}, after commit {commit}: {machine}.\n\n{tables}\n\n<!-- end -->{after}")


main()
