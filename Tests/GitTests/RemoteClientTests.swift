import Git
import PKI
import Testing

/// The process that talks to servers, replaced by one that misbehaves.
struct RemoteClientTests {
  @Test func `a network process that closes its output and stays is ended in time`() throws {
    let client = RemoteClient(
      command: ["/bin/sh", "-c", "exec >&-; exec sleep 60"], access: RemoteAccess(),
      limit: Lifetime(seconds: 1))
    let url = try RemoteURL("/nowhere", relativeTo: "/")
    let start = ContinuousClock.now
    #expect(throws: GitError.self) { try client.ask(.list, of: url, for: "/nowhere") }
    #expect(ContinuousClock.now - start < .seconds(30))
  }
}
