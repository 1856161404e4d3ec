#!/usr/bin/env python3
"""How fast the service reads: against a bare handler that sends the same bytes, on one core, with the client on another.

    cargo build --release --bin consilium --example bare
    bench/wire.py [documents ...]            (10 and 1000 unless given; 10000 takes some minutes and gigabytes)

Needs Linux, two cores and python3; nothing else. Stores are built once, in target/bench: one document is imported by the
product's own command, then its rows are copied under other ids, past the triggers that keep published rows as they are.
"""
import json, os, re, socket, sqlite3, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(ROOT, "target", "bench")
SERVICE = os.environ.get("CONSILIUM", os.path.join(ROOT, "target/release/consilium"))
BARE = os.path.join(ROOT, "target/release/examples/bare")
SECTIONS, STATEMENTS, SECONDS, CLIENTS = 12, 8, 3.0, 16
PAGE = """document(slug: $slug) { id slug title reviewDue edition { number issued sections { id key number level heading body
recommendations { id label number strength text } } } }"""


def manuscript():
    words = "the woman is offered a clear account of what was found and of what can be done next by a named nurse ".split()
    text = lambda seed, n: " ".join(words[(seed + i * i) % len(words)] for i in range(n)).capitalize() + "."
    out = ["---", "title: Measured", "slug: measured", "issued: 2017-08", "review_due: 2099-05", "---", ""]
    for s in range(SECTIONS):
        out += [f"# Section {s} {{#section-{s}}}", "", "\n\n".join(text(s * 7 + p, 60) for p in range(3)), ""]
        for r in range(STATEMENTS):
            out += [f"::: recommendation R{s * STATEMENTS + r + 1} OFFER", text(s + r, 38), ":::", ""]
    return "\n".join(out)


def editions(n):
    return 1 + n % 20 if n % 4 == 0 else 1 + n % 3


def build(size):
    path = os.path.join(KEPT, f"{size}.db")
    if os.path.exists(path):
        return path
    os.makedirs(KEPT, exist_ok=True)
    part = path + ".part"
    for old in (part, part + "-wal", part + "-shm"):
        if os.path.exists(old):
            os.remove(old)
    text = os.path.join(KEPT, "measured.md")
    open(text, "w").write(manuscript())
    env = dict(os.environ, CONSILIUM_DATABASE__URL=f"sqlite:{part}", CONSILIUM_LOG__FILTER="error")
    run = lambda *arguments: subprocess.run([SERVICE, *arguments], cwd=KEPT, env=env, check=True, capture_output=True)
    run("migrate")
    run("import", text, "--group", "bench", "--group-name", "Bench")
    copy(part, size)
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
    for table in ("document", "section", "recommendation", "revision", "edition", "placement", "requirement", "revision_text"):
        cursor = db.execute(f"SELECT * FROM {table}")
        rows[table] = ([column[0] for column in cursor.description], cursor.fetchall())

    def moved(value, n, e=0):
        is_id = isinstance(value, bytes) and len(value) == 16
        return value[:9] + e.to_bytes(1, "big") + n.to_bytes(3, "big") + value[13:] if is_id else value

    def insert(table, n, change=lambda row: None, e=0, keep=()):
        columns, originals = rows[table]
        for original in originals:
            row = {c: v if c in keep else moved(v, n, e if c in ("edition_id",) or (table, c) == ("edition", "id") else 0) for c, v in zip(columns, original)}
            change(row)
            db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", list(row.values()))

    for n in range(1, size):
        insert("document", n, lambda row: row.update(slug=f"measured-{n}"), keep=("group_id",))
        for table in ("section", "recommendation", "revision", "revision_text"):
            insert(table, n, keep=("author_id",))
        last = editions(n)
        for e in range(last):
            def change(row):
                row.update(major=e + 1, state="PUBLISHED" if e + 1 == last else "SUPERSEDED",
                           superseded_at=None if e + 1 == last else row["published_at"])
            insert("edition", n, change, e)
            insert("placement", n, e=e)
            insert("requirement", n, e=e)
    for _, sql in triggers:
        db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Process:
    """A server on the first core."""

    def __init__(self, command, env, address):
        self.begun = time.time()
        self.child = subprocess.Popen(["taskset", "-c", "0", *command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.address = address
        while True:
            try:
                socket.create_connection(address).close()
                break
            except OSError:
                assert self.child.poll() is None, f"{command[0]} ended"
                time.sleep(0.002)

    def cpu(self):
        fields = open(f"/proc/{self.child.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.child.pid}/status").read())[1]) / 1024

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
        data += connection.recv(262144)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int((re.search(rb"content-length: (\d+)", head, re.I) or [0, 0])[1])
    while len(body) < length:
        body += connection.recv(262144)
    return head, body


def measure(process, request):
    """Requests a second and CPU a request of 16 clients; then the latencies of one."""
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
    for _ in range(500):
        at = time.perf_counter()
        connections[0].sendall(request())
        read(connections[0])
        latencies.append(time.perf_counter() - at)
    latencies.sort()
    return {"rate": count / taken, "cpu": cpu / count * 1e6, "p50": latencies[250] * 1e3, "p99": latencies[494] * 1e3,
            "bytes": len(body), "body": body, "head": head}


def once(address, request):
    with socket.create_connection(address) as connection:
        connection.sendall(request)
        return read(connection)


def main():
    os.sched_setaffinity(0, {1})
    print("| documents | work | bytes | requests/s | CPU µs | p50 ms | p99 ms | x bare |\n|---|---|---|---|---|---|---|---|")
    for size in [int(argument) for argument in sys.argv[1:]] or [10, 1000]:
        env = dict(os.environ, CONSILIUM_DATABASE__URL=f"sqlite:{build(size)}", CONSILIUM_LIMITS__RATE_ANONYMOUS="0",
                   CONSILIUM_LIMITS__COMPLEXITY_ANONYMOUS="100000", CONSILIUM_SCHEDULER__ENABLED="false")
        address = ("127.0.0.1", 18471)
        service = Process([SERVICE, "serve", "--bind", "%s:%d" % address], dict(env), address)
        slug = f"measured-{size // 2 - 1}"
        page, numbers = f"query Page($slug: String!) {{ {PAGE} }}", iter(range(10**9))
        first = wire(page, {"slug": slug})
        head, _ = once(address, first)
        cold, idle = (time.time() - service.begun) * 1e3, service.memory()
        tag = (re.search(rb"etag: (\S+)", head, re.I) or [0, b'""'])[1].decode()
        shelf = wire("{ documents(first: 20) { nodes { slug title reviewDue edition { number } } } }", {})
        part = wire('query($slug: String!) { section(document: $slug, key: "section-3", edition: "1.0") { heading body recommendations { label text } } }', {"slug": slug})
        search = wire('{ search(text: "named nurse") { nodes { section { heading } snippetText } } }', {})
        fresh = f"query Page($slug: String!, $n: String!) {{ {PAGE} n: section(document: $slug, key: $n) {{ id }} }}"
        rows = {
            "R1 the page": lambda: first,
            "R2 twenty documents": lambda: shelf,
            "R3 a section of an older edition": lambda: part,
            "R4 search": lambda: search,
            "R5 the page, if it changed": lambda: wire(page, {"slug": slug}, (f"If-None-Match: {tag}",)),
            "R7a the page, other variables": lambda: wire(fresh, {"slug": slug, "n": f"none-{next(numbers)}"}),
            "R7b the page, another text": lambda: wire(page + f" # {next(numbers)}", {"slug": slug}),
        }
        for name, request in rows.items():
            got = measure(service, request)
            file = os.path.join(KEPT, "body.json")
            open(file, "wb").write(got["body"])
            there = ("127.0.0.1", 18472)
            bare = Process([BARE, "%s:%d" % there, file], env, there)
            base = measure(bare, lambda: first)
            bare.stop()
            print(f"| {size} | {name} | {got['bytes']} | {got['rate']:.0f} | {got['cpu']:.1f} | {got['p50']:.2f} | {got['p99']:.2f} | {got['cpu'] / base['cpu']:.2f} |", flush=True)
        for n in range(1, size):
            once(address, wire(page, {"slug": f"measured-{n}"}))
        print(f"| {size} | first answer after {cold:.0f} ms, {idle:.0f} MB; after every page {service.memory():.0f} MB | | | | | | |", flush=True)
        service.stop()


main()
