import Foundation
import PKI
import Testing

/// Remotes behind git's own servers.
struct NetworkRemoteTests {
  @Test func `https with a private authority and a token`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes, isTLS: true)
    var stranger = server.runner()
    stranger.environment["GIT_SSL_CAINFO"] = nil
    try stranger.apply().expect(1, says: "is not trusted")
    try server.runner(token: nil).apply().expect(1, says: "no token was given")
    let wrong = try server.runner(token: "wr0ng-t0ken").apply().expect(1, says: "token was refused")
    #expect(!(wrong.output + wrong.errors).contains("wr0ng-t0ken"))
    #expect(try remotes.tip() == nil)
    let runner = server.runner()
    let first = try runner.apply().expect(says: "applied")
    try remotes.commit(["more.yaml": Sample.client("app2")])
    let second = try runner.apply().expect(says: "applied")
    try runner.apply().expect(says: "nothing to do")
    try runner.certwright("verify").expect(says: "no problems")
    for outcome in [first, second] {
      #expect(!(outcome.output + outcome.errors).contains(HTTPRemote.token))
    }
    #expect(try runner.git("config", "--list").contains(HTTPRemote.token) == false)
    #expect(try remotes.history().subjects.count == 2)
  }

  @Test func `ssh with a key file, an agent's key, and known hosts`() throws {
    let remotes = try RemoteWorld()
    let server = try SSHRemote(remotes)
    let runner = server.runner()
    try server.trust(nil)
    try runner.apply().expect(1, says: "known_hosts")
    try server.trust("other")
    try runner.apply().expect(1, says: "known_hosts")
    try server.trust("host")
    try server.runner(key: "other").apply().expect(1, says: "was refused")
    try server.runner(key: nil).apply().expect(1, says: "--ssh-key")
    #expect(try remotes.tip() == nil)
    try runner.apply().expect(says: "applied")
    try runner.certwright("verify").expect(says: "no problems")
    var locked = server.runner(key: "locked")
    locked.environment["CERTWRIGHT_SSH_PASSPHRASE"] = "geheim"
    try locked.apply().expect(says: "nothing to do")
    let agent = remotes.world.folder.url("agent").path
    let process = try ServerProcess.start(
      ["ssh-agent", "-D", "-a", agent], in: remotes.world.folder.root, log: "agent.log")
    try ServerProcess.wait(for: "an agent") { FileManager.default.fileExists(atPath: agent) }
    try Program.run(
      ["ssh-add", "-q", remotes.world.folder.url("client").path], in: remotes.world.folder.root,
      environment: ["SSH_AUTH_SOCK": agent]
    ).expect()
    var asking = server.runner(key: nil)
    asking.environment["SSH_AUTH_SOCK"] = agent
    try asking.apply().expect(says: "nothing to do")
    #expect(process.isRunning)
  }

  @Test func `a silent server is given up`() throws {
    let remotes = try RemoteWorld()
    let folder = remotes.world.folder
    let silent = try ServerProcess.start(
      [
        "python3", "-c",
        "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
          + "open('silent', 'w').write(str(s.getsockname()[1])); time.sleep(60)",
      ], in: folder.root, log: "silent.log")
    try ServerProcess.wait(for: "a port") {
      (try? folder.text("silent"))?.isEmpty == false
    }
    let port = try folder.text("silent")
    for address in ["http://127.0.0.1:\(port)/x.git", "ssh://git@127.0.0.1:\(port)/x.git"] {
      let began = Date()
      try remotes.runner(address: address).apply("--network-timeout", "1s")
        .expect(1, says: "stopped after 1s")
      #expect(Date().timeIntervalSince(began) < 15)
    }
    #expect(silent.isRunning)
  }

  @Test func `what a hook refuses is refused in its words, and nothing waits`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    try remotes.hook("pre-receive", "echo 'unsigned commits are not welcome' >&2", "exit 1")
    let runner = server.runner()
    let outcome = try runner.apply().expect(1, says: "unsigned commits are not welcome")
    #expect(outcome.errors.contains("nothing was published"))
    #expect(try !runner.certwright("lock").expect(says: "lock: free").output.contains("pending"))
    try remotes.dropHook("pre-receive")
    try runner.apply().expect(says: "applied")
    #expect(try remotes.history().subjects.count == 1)
  }

  /// Moves the branch while the first push is under way, as another runner would.
  @Test func `a race that is lost between advertisement and update is run again`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    let runner = server.runner()
    try runner.apply().expect()
    try remotes.commit(["more.yaml": Sample.client("app2")])
    try remotes.hook(
      "pre-receive", "[ -e raced ] && exit 0", "touch raced",
      "export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x",
      "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES",
      "other=$(git commit-tree -p published -m other 'published^{tree}')",
      "git update-ref refs/heads/published $other")
    try runner.apply("--log-level", "notice").expect(says: "another run moved the published branch")
    let history = try remotes.history()
    #expect(history.merges == 0)
    #expect(history.subjects.count == 3 && history.subjects[1] == "other")
    try runner.certwright("verify").expect(says: "no problems")
    #expect(try !runner.certwright("lock").expect().output.contains("pending"))
  }

  /// Builds on the first push before its answer is out, as another runner would.
  @Test func `a push that another run built on at once has arrived`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    let runner = server.runner()
    try runner.apply().expect()
    try remotes.hook(
      "post-receive", "[ -e built ] && exit 0", "touch built",
      "export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x",
      "other=$(git commit-tree -p published -m other 'published^{tree}')",
      "git update-ref refs/heads/published $other")
    let outcome = try runner.certwright(
      "revoke", "app1", "--reason", "keyCompromise", "--auto-approve", "--log-level", "notice"
    ).expect(says: "open a pull request from it")
    #expect(!outcome.errors.contains("another run moved the published branch"))
    let history = try remotes.history()
    #expect(history.subjects.count == 3 && history.subjects[0] == "other")
    #expect(
      try remotes.remoteGit("for-each-ref", "--format=%(refname)", "refs/heads/certwright/")
        .hasPrefix("refs/heads/certwright/revoke-app1-"))
    #expect(try !runner.certwright("lock").expect().output.contains("pending"))
  }

  @Test func `a password in an address is never said`() throws {
    let remotes = try RemoteWorld()
    let hooks = remotes.world.folder.url("hooks")
    let hook = try remotes.world.folder.write("hooks/failed", "#!/bin/sh\ncat >> $0.told\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook.path)
    for address in [
      "bob:s3cret@host:x.git", "bob:s3cret@host/x.git", "https://bob:s3cret@host/x.git",
    ] {
      for outcome in [
        try remotes.runner(address: address).certwright("plan"),
        try remotes.runner(address: address).certwright("apply", "--hooks", hooks.path),
        try remotes.runner(address: remotes.world.folder.root.path)
          .certwright("apply", "--push", address),
      ] {
        #expect(outcome.code == 1)
        #expect(!(outcome.output + outcome.errors).contains("s3cret"))
      }
    }
    let told = try remotes.world.folder.text("hooks/failed.told")
    #expect(told.contains("failed") && !told.contains("s3cret"))
  }
}
