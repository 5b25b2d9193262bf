"""Bundles at scale: many proxies with long allow lists, and the real daemons that load them."""

import os
import signal
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fleet import Fleet
from measure import Cost, Failure, said
from world import World

_PROXY = """\
kind: Proxy
name: {name}
software: {software}
directory: {directory}
server: edge/api
listen: 127.0.0.1:{port}
clients:
  trust: clients
  verify: required
  allow: [{allow}]
routes:
  - {{path: /, upstreams: ["127.0.0.1:8000"]}}
"""

_PATIENCE = 120


@dataclass(frozen=True)
class Daemon:
    """One kind of proxy: its words, where `{bundle}` and `{host}` are folders."""

    software: str
    check: str
    start: str
    reload: signal.Signals

    def words(self, text, bundle, host):
        return text.format(bundle=bundle, host=host).split("|")


_APACHE = ("apache2|-f|{bundle}/httpd.conf|-C|PidFile {host}/apache.pid"
           "|-C|DefaultRuntimeDir {host}|-c|ErrorLog {host}/error.log")
_NGINX = "nginx|-e|{host}/error.log|-c|{bundle}/nginx.conf|-g|pid {host}/nginx.pid;"

DAEMONS = (
    Daemon("nginx", _NGINX + "|-t", _NGINX + " daemon off;", signal.SIGHUP),
    Daemon("haproxy", "haproxy|-c|-f|{bundle}/haproxy.cfg",
           "haproxy|-W|-db|-f|{bundle}/haproxy.cfg", signal.SIGUSR2),
    Daemon("apache", _APACHE + "|-t", _APACHE + "|-DFOREGROUND", signal.SIGUSR1),
)


class Bundles:
    def __init__(self, bench, proxies, allowed, lists):
        self.bench = bench
        self.proxies = max(proxies, len(DAEMONS))
        self.allowed = allowed
        self.lists = min(lists, self.proxies)
        # One more than are allowed, so that each list leaves out another.
        self.fleet = Fleet(allowed + 1)
        self.world = World(bench.work / "bundles", bench.certwright, simulated=False)
        self.ports = _free_ports(len(DAEMONS))

    def run(self):
        self.world.commit(self.fleet.files())
        self.world.apply()
        self.world.commit(self._files())
        cost, grown = self.world.grow(self.world.apply)
        self._add("bundles: apply", cost, grown=grown)
        plan = self.world.median("plan", *self.bench.certwright.uncached)
        self._add("bundles: plan, nothing to do", plan)
        for number, daemon in enumerate(DAEMONS):
            self._try(daemon, number)

    def _files(self):
        for number in range(self.proxies):
            daemon = DAEMONS[number % len(DAEMONS)]
            text = _PROXY.format(
                name=_name(number), software=daemon.software, directory=self._bundle(number),
                port=self.ports[number] if number < len(DAEMONS) else 443,
                allow=", ".join(self._allow(number)))
            yield f"desired-state/proxies/{_name(number)}.yaml", text.encode()

    def _allow(self, number):
        left_out = number % self.lists % self.fleet.size
        return (self.fleet.name(i) for i in range(self.fleet.size) if i != left_out)

    def _bundle(self, number):
        return self.world.folder / "hosts" / _name(number) / "bundle"

    def _add(self, work, cost, **more):
        lists = "one list" if self.lists == 1 else f"{self.lists} lists"
        note = f"({self.proxies} proxies, {lists})"
        self.bench.book.add(work, self.allowed, cost, note=note, **more)

    # The daemons

    def _try(self, daemon, number):
        bundle = self._bundle(number)
        self._install(number, bundle)
        place = {"environment": self.world.environment | _SEARCH}
        check = self.bench.meter.median(daemon.words(daemon.check, bundle, bundle.parent), **place)
        self._add(f"bundles: {daemon.software} checks", check)
        with _Running(daemon, bundle, self.ports[number]) as running:
            self._add(f"bundles: {daemon.software} starts", Cost(running.start))
            self._add(f"bundles: {daemon.software} reloads", Cost(running.reload()))

    def _install(self, number, bundle):
        """What a proxy host does: the bundle, and the private key beside the certificate."""
        bundle.mkdir(parents=True)
        archive = bundle.parent / "bundle.tar"
        self.world.git("archive", f"--output={archive}", f"published:proxies/{_name(number)}")
        said(["tar", "-xf", archive, "-C", bundle])
        for certificate in list(bundle.glob("servers/**/*.pem")):
            self.world.said(
                "export", "edge/api", "--format", "pem", "--out", f"{certificate}.key")


# Daemons are not on every user's path.
_SEARCH = {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}


def _hear_all():
    """Signals that whoever started the benchmark has blocked stay blocked in its children."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


class _Running:
    """A daemon in a process group of its own, which is ended with the block."""

    def __init__(self, daemon, bundle, port):
        self.daemon = daemon
        self.log = bundle.parent / "daemon.log"
        self.port = port
        self.words = daemon.words(daemon.start, bundle, bundle.parent)

    def __enter__(self):
        began = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.words, env=os.environ | _SEARCH, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True, preexec_fn=_hear_all)
        try:
            self._wait(self._answers)
        except BaseException:
            self.__exit__()
            raise
        self.start = time.monotonic() - began
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass
        # What is left of its own group; nobody else is in it.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def reload(self):
        """From the signal until a worker runs that was not there before."""
        # HAProxy's master ignores the signal until it has settled, and says nothing when it has.
        time.sleep(1)
        # A busy Apache serves before it handles signals, and the signal would end it.
        self._wait(self._handles_reload)
        before = self._workers()
        began = time.monotonic()
        self.process.send_signal(self.daemon.reload)
        self._wait(lambda: self._workers() - before and self._answers())
        return time.monotonic() - began

    def _handles_reload(self):
        """Whether the process catches the signal, as the kernel says (proc(5), SigCgt)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        caught = int(status.split("SigCgt:")[1].split()[0], 16)
        return caught >> (self.daemon.reload - 1) & 1

    def _workers(self):
        pid = self.process.pid
        try:
            return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except FileNotFoundError:
            return set()

    def _answers(self):
        """Whether a handshake gets as far as the server's certificate: a port may be open sooner."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                context.wrap_socket(connection, server_hostname="api.example.com").close()
            return True
        except OSError:
            return False

    def _wait(self, condition):
        end = time.monotonic() + _PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                said_last = self.log.read_text(errors="replace")[-1000:]
                raise Failure(f"{self.daemon.software} does not serve: {said_last}")
            time.sleep(0.005)


def _name(number):
    return f"p{number // 100:02}/proxy{number}"


def _free_ports(count):
    """Ports that nobody has. They are taken all at once, so that no two are the same."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
