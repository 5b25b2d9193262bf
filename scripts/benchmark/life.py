"""The life of one fleet: from the first apply to the day on which everything is renewed."""

from fleet import MOST_REQUESTS, SHAPES, Fleet
from limits import Limits
from measure import Cost, Failure
from moment import DAY, HOUR, START
from world import World

# Certificates of 90 days fall due within six days, a month before they end.
_RENEWAL = START + 54 * DAY
_RENEWAL_SPREAD = 6 * DAY

# What needs an applied fleet.
AFTER_APPLY = {"plan", "change", "renew", "verify", "revoke", "fetch", "crl"}


class Life:
    """Measures what was asked for, in the order in which it would happen."""

    def __init__(self, bench, size):
        self.bench = bench
        self.book = bench.book
        self.size = size
        self.fleet = Fleet(size)
        self.world = World(bench.work / f"fleet-{size}", bench.certwright)

    def run(self):
        wants = self.bench.wants
        self.world.commit(self.fleet.files())
        if wants("validate"):
            self._add("validate", self.world.median("validate"))
        if wants("limits"):
            Limits(self.bench, self.world, self.size).desired()
        if wants.any(AFTER_APPLY | {"apply", "limits"}):
            self._first_apply()

    def _first_apply(self):
        wants = self.bench.wants
        cost, grown = self.world.grow(self.world.apply)
        self._add("apply", cost, grown=grown)
        if wants("limits"):
            Limits(self.bench, self.world, self.size).published()
        if wants("crl"):
            self._lists()
        if wants("plan"):
            self._plan("plan, nothing to do")
        if wants("verify"):
            self._add("verify", self.world.run("verify"))
        if wants("fetch"):
            self._fetch()
        if wants("change"):
            self._change(1, "91d", START + HOUR)
            self._change(min(100, self.size // 2), "92d", START + 2 * HOUR)
        if wants("revoke"):
            self._revoke()
        if wants("renew"):
            self._renew()

    def _add(self, work, cost, **more):
        self.book.add(work, self.size, cost, **more)

    # Planning

    def _plan(self, work):
        """A plan without a cache and, where certwright has one, with one."""
        self._add(work, self.world.median("plan", *self.bench.certwright.uncached))
        if self.bench.certwright.has_cache:
            # Fills it.
            self.world.run("plan")
            self._add(f"{work}, cached", self.world.median("plan"))

    def _change(self, count, lifetime, at):
        work, words = f"changed {count}", ["--allow", f"reissues={count}"]
        if self.bench.certwright.has_cache:
            self.world.run("plan", at=at)
        self.world.commit(self.fleet.changed(count, lifetime))
        read, cached = self.world.folder / "plan-read", self.world.folder / "plan-cached"
        if self.bench.certwright.has_cache:
            # Once: the next plan would find a cache of this very commit.
            self._add(f"plan, {work}, cached", self.world.run("plan", *words, at=at, output=cached))
        uncached = self.world.run(
            "plan", *words, *self.bench.certwright.uncached, at=at, output=read)
        self._add(f"plan, {work}", uncached)
        if self.bench.certwright.has_cache and read.read_bytes() != cached.read_bytes():
            raise Failure("a plan with a cache is not the plan without one")
        cost, grown = self.world.grow(lambda: self.world.apply(*words, at=at))
        self._add(f"apply, {work}", cost, grown=grown)

    # Renewing

    def _renew(self):
        some = min(100, self.size // 10)
        # CRLs that are due at the same time are another matter.
        self.world.apply(at=_RENEWAL - HOUR)
        at = _RENEWAL + _RENEWAL_SPREAD * some // self.size
        self._reconcile(f"apply, renews some {some}", at)
        self._reconcile("apply, renews all", _RENEWAL + _RENEWAL_SPREAD + 3 * DAY)

    def _reconcile(self, work, at):
        before = self._certificates()
        cost, grown = self.world.grow(lambda: self.world.apply(at=at))
        made = self._certificates() - before
        self._add(work, cost, grown=grown, count=made, note=f"({made} renewed)")

    def _certificates(self):
        names = self.world.git("ls-tree", "-r", "--name-only", "published:ledger/issued")
        return names.count("\n")

    # Revoking

    def _revoke(self):
        """From a merged revocation to a CRL that a remote has."""
        remote = self._remote()
        push = ["--push", str(remote)]
        # Makes certwright's own clone, which is there already on every day but the first.
        self.world.apply(*push, at=START + 2 * HOUR)
        self.world.commit(self.fleet.revoked([self.size // 2]))
        self.world.git("push", "--quiet", str(remote), "main")
        cost = self.world.apply(*push, at=START + 2 * HOUR)
        self._add("revoke one and push", cost)
        self.world.git("fetch", "--quiet", str(remote), "published:published")

    def _remote(self):
        remote = self.world.folder / "remote.git"
        if not remote.exists():
            self.world.git("clone", "--quiet", "--bare", str(self.world.repository), str(remote))
            self.world.git("config", "uploadpack.allowFilter", "true", folder=remote)
        else:
            self.world.git("push", "--quiet", str(remote), "main", "published")
        return remote

    def _fetch(self):
        """What a proxy host takes over the network when it has nothing yet."""
        host = self.world.folder / "host"
        cost = self.bench.certwright.meter.once(
            ["sh", "-c",
             'git clone --quiet --depth=1 --filter=tree:1 --no-checkout --branch=published "$0" "$1"'
             ' && git -C "$1" archive published:proxies/edge >"$1.tar"',
             f"file://{self._remote()}", str(host)],
            environment=self.world.environment)
        packs = (host / ".git" / "objects").rglob("*.pack")
        self._add("first fetch of a proxy host", cost, grown=sum(p.stat().st_size for p in packs))

    # CRLs

    def _lists(self):
        """Everybody is revoked; some days later the same CRL is due again."""
        world = self.world.copy_for_lists(self.world.folder / "lists")
        every = range(self.size)
        world.commit(self.fleet.revoked(every))
        consent = ["--allow", f"revocations={self.size}", "--allow", "emptied=9"]
        cost, grown = world.grow(lambda: world.apply(*consent, at=START + HOUR))
        self._add("apply, revokes all", cost, grown=grown)
        self._several("apply, nothing to do, all revoked", world, [START + HOUR] * 3)
        # Four days after each list the next one is due.
        self._several(
            "apply, refreshes the CRL of all", world, [START + n * DAY for n in (5, 9, 13)])

    def _several(self, work, world, times):
        """The difference of two such rows says nothing when it is less than how far runs lie apart."""
        before = world.size()
        # An idle run with a cache would read nothing, and the difference be the reading.
        costs = [world.apply(*self.bench.certwright.uncached, at=at) for at in times]
        walls = [cost.wall for cost in costs]
        grown = (world.size() - before) // len(costs)
        self._add(work, Cost.median(costs), grown=grown, spread=max(walls) - min(walls))


def shapes(bench, size):
    """The same fleet written down in other ways."""
    for shape in SHAPES[1:]:
        count = min(size, MOST_REQUESTS) if shape == "csr" else size
        world = World(bench.work / f"{shape}-{size}", bench.certwright)
        world.commit(Fleet(count, shape).files())
        bench.book.add(f"validate, {shape}", count, world.median("validate"))
        cost, grown = world.grow(world.apply)
        bench.book.add(f"apply, {shape}", count, cost, grown=grown)
        bench.book.add(
            f"plan, nothing to do, {shape}", count, world.median("plan", *bench.certwright.uncached))
