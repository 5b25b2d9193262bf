import Foundation
import Testing

/// Flags, variables, exit codes and streams.
struct CommandLineTests {
  @Test func `flags may stand before and after the command`() throws {
    let world = try World()
    let time = "2031-01-01T00:00:00Z"
    let place = world.folder.root
    let after = try world.certwright(
      ["plan", "--repository", world.repository.path, "--at", time], in: place)
    let before = try world.certwright(
      ["--repository", world.repository.path, "--at=\(time)", "plan"], in: place)
    after.expect(says: "4 to issue")
    #expect(before.output == after.output)
    #expect(before.code == after.code)
  }

  @Test func `every flag has a variable, and the flag wins`() throws {
    let world = try World()
    let variables = [
      "CERTWRIGHT_REPOSITORY": world.repository.path, "CERTWRIGHT_AT": "2031-01-01T00:00:00Z",
      "CERTWRIGHT_FORMAT": "json", "CERTWRIGHT_DETAILED_EXITCODE": "1",
    ]
    try world.certwright(["plan"], in: world.folder.root, environment: variables)
      .expect(2, says: "\"time\": \"2031-01-01T00:00:00Z\"")
    try world.certwright(
      ["plan", "--at", "2032-01-01T00:00:00Z", "--format", "text"], in: world.folder.root,
      environment: variables
    ).expect(2, says: "at 2032-01-01T00:00:00Z")
    try world.certwright(["plan"], environment: ["CERTWRIGHT_PATH": "nowhere"]).expect(1)
    try world.certwright(
      ["plan", "--path", "desired-state"], environment: ["CERTWRIGHT_PATH": "nowhere"]
    ).expect()
    try world.certwright(["plan"], environment: ["CERTWRIGHT_REF": "nowhere"]).expect(1)
    try world.certwright(
      ["apply"],
      environment: [
        "CERTWRIGHT_AUTO_APPROVE": "1", "CERTWRIGHT_ALLOW": "authorities=2",
        "CERTWRIGHT_PUBLISHED": "chosen",
      ]
    ).expect()
    #expect(try world.tip("chosen") != nil)
  }

  @Test(arguments: [
    ["paln"], ["plan", "--bogus"], ["plan", "extra", "words"], ["plan", "--at", "yesterday"],
    ["plan", "--at", "2031-02-29T00:00:00Z"], ["plan", "--format", "xml"],
    ["apply", "--allow", "everything=1"], ["apply", "--allow", "revocations"],
    ["apply", "--allow", "revocations=-1"], ["apply", "--allow", "revocations=many"],
    ["--repository"],
  ])
  func `wrong usage ends with 64 and does nothing`(_ arguments: [String]) throws {
    let world = try World()
    try world.certwright(arguments).expect(64)
    #expect(try world.tip() == nil)
  }

  @Test func `an unknown allowance names the known ones`() throws {
    let world = try World([:])
    try world.certwright(["apply", "--allow", "everything=1"])
      .expect(
        64,
        says:
          "authorities, emptied, issues, policies, protections, reissues, removed-files, retirements"
      )
    try world.certwright(["apply"], environment: ["CERTWRIGHT_ALLOW": "everything=1"])
      .expect(64)
    try world.certwright(["plan"], environment: ["CERTWRIGHT_AT": "soon"]).expect(64)
    try world.certwright(["plan"], environment: ["CERTWRIGHT_FORMAT": "xml"]).expect(64)
  }

  @Test func `help and version end with 0 and write to standard output`() throws {
    let world = try World([:])
    for arguments in [["--help"], ["help"], ["plan", "--help"], ["help", "apply"], ["--version"]] {
      let outcome = try world.certwright(arguments).expect()
      #expect(!outcome.output.isEmpty)
      #expect(outcome.errors.isEmpty)
    }
    try world.certwright(["schema"]).expect(says: "\"$schema\"")
  }

  @Test func `a full device and a closed output are errors`() throws {
    let world = try World()
    for command in [["plan"], ["validate"], ["schema"]] {
      try world.certwright(command, output: "/dev/full").expect(1, says: "No space left on device")
      let line = ([Program.certwright] + command).map { "'\($0)'" }.joined(separator: " ")
      try Program.run(["sh", "-c", "\(line) >&-"], in: world.repository).expect(1)
      try Program.run(
        ["bash", "-c", "(sleep 0.3; \(line); echo \"code $?\" >&2) | true"], in: world.repository
      ).expect(says: "code 1")
    }
  }

  @Test func `results never carry colour into a file`() throws {
    let world = try World()
    for environment in [[:], ["NO_COLOR": "1"], ["TERM": "xterm-256color", "CLICOLOR_FORCE": "1"]] {
      let outcome = try world.certwright(["plan"], environment: environment).expect()
      #expect(!outcome.output.contains("\u{1b}"))
    }
  }

  @Test func `a terminal gets colour unless NO_COLOR or --no-color say no`() throws {
    let world = try World()
    func onTerminal(_ suffix: String, _ environment: [String: String] = [:]) throws -> String {
      try Program.run(
        ["script", "-qec", "'\(Program.certwright)' plan \(suffix)", "/dev/null"],
        in: world.repository, environment: environment
      ).expect().output
    }
    #expect(try onTerminal("").contains("\u{1b}[32m"))
    #expect(try !(onTerminal("--no-color").contains("\u{1b}")))
    #expect(try !(onTerminal("", ["NO_COLOR": "1"]).contains("\u{1b}")))
  }

  @Test func `errors go to standard error and findings name their place`() throws {
    let world = try World(["a.yaml": "kind: Client\nname: a\nissuer: nobody\n"])
    let outcome = try world.certwright(["plan"]).expect(1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("certwright: error: a.yaml:3:9: "))
  }
}
