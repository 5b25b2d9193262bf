import PKI
import Testing

/// Time passes on a branch with simulated time.
struct TimeTests {
  private let second = Lifetime(seconds: 1)

  @Test func `a certificate is renewed at the printed second, alone and not before`() throws {
    let world = try World([
      "all.yaml": Sample.authorities + Sample.clients(["a", "b", "c"], "lifetime: 90d")
    ])
    let plan = try world.plan(at: World.start)
    try world.converge(at: World.start)
    let due = try ["a", "b", "c"].map { ($0, try plan.renewal("issue client \($0)")) }
      .sorted { $0.1 < $1.1 }
    #expect(Set(due.map(\.1)).count == 3)
    for (name, time) in due {
      #expect(try world.plan(at: time - second).deeds == [])
      try world.apply(at: time - second).expect()
      let old = try world.serial(name)
      #expect(try world.plan(at: time).deeds == ["renew client \(name)"])
      try world.converge(at: time)
      #expect(try world.serial(name) != old)
    }
  }

  @Test func `after one lifetime everything has been renewed once, with a new key`() throws {
    let names = ["a", "b", "c", "d"]
    let world = try World([
      "all.yaml": Sample.authorities
        + Sample.clients(names, "lifetime: 90d", "renewBefore: 30d")
    ])
    try world.converge(at: World.start)
    let first = try names.map { try world.certificate($0) }
    var renewed: [String] = []
    for day in stride(from: 2, through: 80, by: 2) {
      let time = World.start + .days(day)
      renewed += try world.plan(at: time).deeds
      try world.apply(at: time).expect()
    }
    #expect(renewed.sorted() == names.map { "renew client \($0)" })
    for (name, old) in zip(names, first) {
      let new = try world.certificate(name)
      #expect(new.keyID != old.keyID)
      #expect(new.subject == old.subject)
      #expect(new.notBefore > old.notBefore)
    }
  }

  @Test func `a CRL is refreshed at its moment, with a higher number and a later date`() throws {
    let world = try World()
    try world.converge(at: World.start)
    var last = try world.revocationList("issuing")
    for _ in 0..<3 {
      let next = try #require(last.nextUpdate)
      let due = Timestamp(seconds: next.seconds + 1 - Lifetime.days(3).seconds)
      #expect(try world.plan(at: due - second).lines == [])
      try world.apply(at: due - second).expect(says: "nothing to do")
      #expect(try world.plan(at: due).lines == ["publish crl issuing"])
      try world.converge(at: due)
      let list = try world.revocationList("issuing")
      #expect(try #require(list.number) > #require(last.number))
      #expect(list.thisUpdate > last.thisUpdate)
      last = list
    }
  }

  @Test func `an issuing authority renews before it could not bear its leaves`() throws {
    let world = try World([
      "all.yaml": Sample.root + Sample.authority("issuing", "lifetime: 400d")
        + Sample.client("a", "lifetime: 90d", "renewBefore: 30d")
    ])
    let due = try world.plan(at: World.start).renewal("issue authority issuing")
    try world.converge(at: World.start)
    let old = try world.certificate(at: "authorities/issuing/ca.pem")
    // The longest lifetime below and its renewBefore: 120 days before the end, at the latest.
    #expect(due <= old.notAfter - .days(120) + second)
    var time = World.start
    while time < due + .days(30) {
      time = time + .days(15)
      try world.apply(at: time).expect()
    }
    let new = try world.certificate(at: "authorities/issuing/ca.pem")
    #expect(new.keyID == old.keyID)
    #expect(new.subject == old.subject)
    #expect(new.notAfter > old.notAfter)
    #expect(try world.certificate("a").notAfter <= new.notAfter)
  }

  @Test func `an authority that is due with its leaves renews first in the same plan`() throws {
    let world = try World([
      "all.yaml": Sample.root + Sample.authority("issuing", "lifetime: 200d")
        + Sample.client("a", "lifetime: 90d", "renewBefore: 30d")
    ])
    try world.converge(at: World.start)
    let late = World.start + .days(190)
    let deeds = try world.plan(at: late).deeds
    #expect(deeds == ["renew authority issuing", "renew client a"])
    try world.converge(at: late)
    try Judge.verify(world, "identities/a.pem", "authorities/issuing", "client", at: late)
  }

  @Test func `a root that is due waits for somebody's word, and the rest goes on with it`() throws {
    let world = try World([
      "all.yaml": """
      kind: Authority
      name: root
      subject: {commonName: Root}
      lifetime: 400d
      renewBefore: 100d

      """ + Sample.authority("issuing", "lifetime: 100d") + Sample.client("a", "lifetime: 20d")
    ])
    try world.converge(at: World.start)
    let late = World.start + .days(350)
    #expect(try world.plan(at: late).deeds.contains("renew authority root"))
    try world.certwright(["apply", "--auto-approve", "--at", "\(late)"])
      .expect(3, says: "\"root\"")
    try world.converge(at: late)
    let root = try world.certificate(at: "authorities/root/ca.pem")
    #expect(root.notBefore > World.start)
  }

  @Test func `an unattended run keeps CRLs and leaves alive while a root waits for consent`() throws
  {
    let world = try World([
      "all.yaml": """
      kind: Authority
      name: root
      subject: {commonName: Root}
      lifetime: 1000d
      renewBefore: 500d
      crl: {lifetime: 60d, refreshBefore: 20d}

      """ + Sample.authority("issuing", "lifetime: 400d") + Sample.client("a", "lifetime: 90d")
    ])
    try world.converge(at: World.start)
    let late = World.start + .days(520)
    #expect(try world.plan(at: late).deeds.contains("renew authority root"))
    let number = try #require(try world.revocationList("issuing").number)
    _ = try world.certwright(["apply", "--auto-approve", "--at", "\(late)"])
    #expect(try #require(try world.revocationList("issuing").number) > number)
  }

  @Test func `a normal branch takes no time but the clock's`() throws {
    let world = try World()
    try world.certwright(
      ["apply", "--auto-approve", "--allow", "authorities=2", "--at", "2030-01-01T00:00:00Z"]
    ).expect(1, says: "more than five minutes from the system clock")
    #expect(try world.tip() == nil)
    try world.converge()
    try world.certwright(["apply", "--auto-approve", "--simulated-time"])
      .expect(1, says: "was not born with simulated time")
    #expect(try !world.published("README.md").contains("SIMULATED"))
  }

  @Test func `a branch with simulated time says so in capitals and needs a time`() throws {
    let world = try World()
    try world.converge(at: World.start)
    #expect(try world.published("README.md").contains("SIMULATED TIME"))
  }

  @Test func `a clock behind the newest signature stops the run`() throws {
    let world = try World()
    try world.converge(at: World.start)
    let behind = World.start - Lifetime(seconds: 301)
    try world.apply(at: behind).expect(1, says: "the clock says \(behind)")
    try world.certwright(["plan", "--at", "\(behind)"]).expect(1, says: "hint: set the clock")
    try world.apply(at: World.start - Lifetime(seconds: 300)).expect(says: "nothing to do")
  }

  @Test(arguments: [
    "2048-02-29T12:00:00Z", "2049-12-31T23:59:58Z", "2050-01-01T00:00:01Z", "2096-02-29T00:00:00Z",
    "2100-02-28T23:59:59Z",
  ])
  func `leap days and the years from 2050 are dated as RFC 5280 wants`(_ text: String) throws {
    let world = try World()
    let time = try #require(Timestamp(text))
    try world.converge(at: time)
    try Judge.verify(world, "identities/api.pem", "authorities/issuing", "server", at: time)
    for path in ["identities/api.pem", "authorities/root/ca.pem"] {
      let facts = try world.certificate(at: path)
      let tags = try Judge.timeTags(world, path)
      #expect(tags == [facts.notBefore, facts.notAfter].map(Judge.expectedTag))
    }
    let list = try world.revocationList("issuing")
    #expect(
      try Judge.timeTags(world, "authorities/issuing/crl.pem")
        == [list.thisUpdate, try #require(list.nextUpdate)].map(Judge.expectedTag))
  }
}
