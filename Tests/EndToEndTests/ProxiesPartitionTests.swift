import Foundation
import PKI
import Testing

/// What the three proxies do with partitions of a CRL, as published by the real binary.
@Suite(.serialized) struct ProxiesPartitionTests {
  /// Files and keys of clients: "b" came from before there were partitions.
  private struct Clients {
    let world: World
    let folder: TemporaryFolder

    /// Keeps the certificate and key that a client has now.
    func keep(_ client: String, as name: String) throws {
      try folder.write("\(name).pem", world.published("identities/\(client).pem"))
      let place = world.keys.appending(path: client)
      let files = try FileManager.default.contentsOfDirectory(
        at: place, includingPropertiesForKeys: [.creationDateKey])
      let certificate = try world.certificate(client)
      let key = try #require(
        files.first { $0.lastPathComponent == "\(certificate.keyID).pem" }, "\(files)")
      try folder.write("\(name).key", Array(try Data(contentsOf: key)))
    }

    func isAccepted(_ name: String, port: Int, root: URL) throws -> Bool {
      let answer = try Tool.run([
        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", root.path,
        "--resolve", "api.example.com:\(port):127.0.0.1", "https://api.example.com:\(port)/",
        "--cert", folder.url("\(name).pem").path, "--key", folder.url("\(name).key").path,
      ])
      return answer.output == "200"
    }
  }

  @Test(arguments: ProxiesTests.software)
  func `a proxy with partitions alone refuses whoever has none or one that is not loaded`(
    _ software: ProxySoftware
  ) throws {
    let folder = try TemporaryFolder()
    let backend = try RecordingBackend(count: 1)
    let port = try FreePort.take()
    let world = try World([
      "authorities.yaml": PartitionTests.authorities(""),
      "identities.yaml": Sample.server("api", "dnsNames: [api.example.com]")
        + Sample.clients(PartitionTests.clients),
      "proxy.yaml": Sample.proxy(
        upstream: "127.0.0.1:\(backend.ports[0])", software: software.rawValue,
        listen: "127.0.0.1:\(port)", directory: folder.url("bundle").path),
    ])
    try world.converge()
    let clients = Clients(world: world, folder: folder)
    try clients.keep("b", as: "without")
    try world.commit([
      "authorities.yaml": PartitionTests.authorities(PartitionTests.crl(4))
    ])
    try world.converge(at: nil, "--allow", "reissues=100")
    // By their names, "a" and "e" fall into partition 1 and "d" into 2.
    for client in ["a", "d", "e"] { try clients.keep(client, as: client) }
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: keyCompromise")])
    try world.converge()

    let place = try Judge.export(world)
    let bundle = place.appending(path: "proxies/edge")
    try FileManager.default.copyItem(at: bundle, to: folder.url("bundle"))
    try clients.keep("api", as: "api")
    try folder.write("bundle/servers/api.pem.key", folder.bytes("api.key"))
    let complete = try folder.bytes("bundle/crl/clients.pem")
    let root = Array(try world.published("authorities/root/crl.pem").utf8)
    let partitions = try (0..<4).map { number in
      let path = try #require(
        try world.publishedPaths("authorities").first { $0.hasSuffix("/000\(number).crl") })
      return PEM.encode(
        PEM.revocationList, Array(try Data(contentsOf: place.appending(path: path))))
    }
    let daemon = try Daemon(software, in: folder, ports: [port])
    let trusted = place.appending(path: "authorities/root/ca.pem")
    // Apache binds its ports before it handles signals: a reload before its first answer ends it.
    #expect(try clients.isAccepted("d", port: port, root: trusted))
    func accepted(_ list: [UInt8]) throws -> [String] {
      try folder.write("bundle/crl/clients.pem", list)
      try daemon.reload()
      return try ["a", "d", "e", "without"].filter {
        try clients.isAccepted($0, port: port, root: trusted)
      }
    }
    #expect(try accepted(complete) == ["d", "e", "without"])
    #expect(try accepted(partitions.flatMap(\.self) + root) == ["d", "e"])
    #expect(try accepted(partitions[1] + root) == ["e"])
    #expect(try accepted(partitions[2] + root) == ["d"])
    #expect(try accepted(partitions[1] + complete) == ["d", "e", "without"])
    #expect(try accepted(complete + partitions[2]) == ["d", "e", "without"])
    daemon.stop()
  }
}
