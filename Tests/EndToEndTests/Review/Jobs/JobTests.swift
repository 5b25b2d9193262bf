import Foundation
import PKI
import Testing

/// The ready-made jobs do what they say: each is run as its host would, against a real server.
@Suite struct JobTests {
  private static let client = ["b.yaml": Sample.client("b")]

  // MARK: - GitHub

  private static let gh = """
    forge=$(dirname "$0")/../forge
    case "$*" in
      "api --paginate repos/o/r/issues/1/comments --jq "*) cat "$forge/id" 2>/dev/null || true ;;
      "api --silent --method PATCH repos/o/r/issues/comments/77 --field body=@plan.md")
        cp plan.md "$forge/comment"; echo again >>"$forge/how" ;;
      "api --silent repos/o/r/issues/1/comments --field body=@plan.md")
        cp plan.md "$forge/comment"; echo 77 >"$forge/id"; echo new >>"$forge/how" ;;
      "api repos/o/r/commits/$GITHUB_SHA/pulls --jq "*) echo "1 $HEAD" ;;
      "api repos/o/r/actions/artifacts?name=certwright-plan-1-$HEAD --jq "*) printf '41\\n42\\n' ;;
      "api repos/o/r/actions/runs/41 --jq "*) echo "pull_request .github/workflows/certwright-plan.yml" ;;
      "api repos/o/r/actions/runs/42 --jq "*)
        echo "pull_request_target .github/workflows/certwright-plan.yml" ;;
      "run download 42 --repo o/r --name certwright-plan-1-$HEAD") cp "$forge"/artifact/* . ;;
      *) echo "gh: $*" >&2; exit 9 ;;
    esac
    """

  private func workflow(_ host: JobHost, head: String, commit: String? = nil) -> WorkflowRun {
    var environment = [
      "GITHUB_REPOSITORY": "o/r", "HEAD": head,
      "GITHUB_STEP_SUMMARY": host.forge.appending(path: "summary").path,
    ]
    environment["GITHUB_SHA"] = commit
    return WorkflowRun(
      host: host,
      expressions: [
        "github.event.pull_request.number": "1", "github.event.pull_request.head.sha": head,
        "github.token": "none", "secrets.CERTWRIGHT_PASSPHRASE": JobHost.passphrase,
      ],
      environment: environment)
  }

  @Test func `GitHub plans a request, applies it after the merge, and reconciles`() throws {
    let host = try JobHost()
    try host.addTool("gh", Self.gh)
    let head = try host.openRequest(Self.client)
    for _ in 0..<2 { try workflow(host, head: head).run(JobFile.workflows[0]).expect() }
    let comment = try host.forge.appending(path: "comment").text()
    #expect(comment.hasPrefix("<!-- certwright-plan -->\n"))
    #expect(comment.contains("\n+   issue   client b "))
    #expect(comment.contains(" by Ada)"))
    #expect(try host.forge.appending(path: "how").text() == "new\nagain\n")
    #expect(try host.forge.appending(path: "summary").text().hasSuffix(comment))
    let commit = try host.squash("b")
    let apply = workflow(host, head: head, commit: commit)
    try apply.run(JobFile.workflows[1]).expect()
    #expect(try host.published("identities/b.pem"))
    try apply.run(JobFile.workflows[1]).expect()
    try apply.run(JobFile.workflows[2]).expect()
    for file in JobFile.workflows { try host.expectEveryCommand(of: file) }
  }

  @Test func `what was not reviewed is not applied on GitHub`() throws {
    let host = try JobHost()
    try host.addTool("gh", Self.gh)
    let head = try host.openRequest(Self.client)
    try workflow(host, head: head).run(JobFile.workflows[0]).expect()
    _ = try host.squash("b")
    try host.world.commit(["c.yaml": Sample.client("c")])
    let commit = try host.push()
    let tip = try host.publishedTip()
    try workflow(host, head: head, commit: commit).run(JobFile.workflows[1])
      .expect(4, says: "not reviewed: + client c")
    #expect(try host.publishedTip() == tip)
  }

  @Test func `a request with findings gets them as its comment, and a failed job`() throws {
    let host = try JobHost()
    try host.addTool("gh", Self.gh)
    let head = try host.openRequest(["b.yaml": "kind: Client\nname: '`````'\n"])
    try workflow(host, head: head).run(JobFile.workflows[0]).expect(1)
    let comment = try host.forge.appending(path: "comment").text()
    #expect(comment.hasPrefix("<!-- certwright-plan -->\n### certwright plan: there is none yet\n"))
    #expect(comment.contains("certwright: error: b.yaml:2:7: "))
    let page = try ReadPage.read(markdown: comment)
    #expect(page.tags["pre"] == 1)
    let findings = try host.forge.appending(path: "artifact/findings.sarif").text()
    #expect(findings.contains("desired-state/b.yaml"))
  }

  // MARK: - GitLab

  private func script(_ job: String) throws -> String {
    let lines = try JobFile.gitlab.document()[job]?["script"]?.texts ?? []
    try #require(!lines.isEmpty)
    return lines.joined(separator: "\n")
  }

  @Test func `GitLab plans a request, applies it after the merge, and reconciles`() throws {
    let host = try JobHost()
    try host.addTool(
      "curl",
      """
      case "$*" in *"/projects/5/jobs/artifacts/refs/merge-requests/12/head/raw/plan.json?job=certwright-plan") ;;
        *) echo "curl: $*" >&2; exit 22 ;; esac
      cp "$(dirname "$0")/../forge/plan.json" plan.json
      """)
    _ = try host.openRequest(Self.client)
    let place = try host.workspace()
    try host.run(
      "git clone -q 'file://\(host.origin.path)' . && git fetch -q origin refs/pull/1/merge && git checkout -q FETCH_HEAD",
      in: place
    ).expect()
    try host.run(try script("certwright-plan"), in: place, ["TARGET": host.origin.path])
      .expect(says: "+   issue   client b ")
    #expect(try place.appending(path: "gl-code-quality-report.json").text() == "[]\n")
    #expect(try place.appending(path: "plan.widget.json").text().contains("\"create\": 1"))
    #expect(try place.appending(path: "plan.html").text().hasPrefix("<!DOCTYPE html>"))
    try FileManager.default.copyItem(
      at: place.appending(path: "plan.json"), to: host.forge.appending(path: "plan.json"))
    let message = "b\n\nSee merge request group/pki!12"
    let commit = try host.squash(message)
    let variables = [
      "CI_COMMIT_MESSAGE": message, "CI_COMMIT_SHA": commit, "CI_PROJECT_ID": "5",
      "CI_API_V4_URL": "https://gitlab.example.com/api/v4", "CERTWRIGHT_API_TOKEN": "none",
      "CI_PROJECT_URL": "file://\(host.origin.deletingPathExtension().path)",
      "CI_DEFAULT_BRANCH": "main",
    ]
    try host.run(try script("certwright-apply"), in: try host.workspace(), variables).expect()
    #expect(try host.published("identities/b.pem"))
    try host.run(try script("certwright-reconcile"), in: try host.workspace(), variables)
      .expect(says: "nothing to do")
    try host.expectEveryCommand(of: .gitlab)
    try host.run(
      try script("certwright-apply"), in: try host.workspace(),
      variables.merging(["CI_COMMIT_MESSAGE": "by hand"]) { $1 }
    ).expect(1, says: "apply it by hand")
  }

  // MARK: - Hosts

  /// Something for the job to do: the CRL of the issuing authority is gone from what is published.
  private func hostWithDrift() throws -> (JobHost, String) {
    let host = try JobHost()
    try host.world.git("fetch", "-q", "origin", "published:published")
    let place = try host.workspace()
    try host.run(
      """
      git clone -q -b published 'file://\(host.origin.path)' .
      git rm -q README.md && git commit -q -m drift && git push -q origin published
      """, in: place
    ).expect()
    return (host, "README.md")
  }

  @Test func `systemd's job runs with the unit's own command and variables`() throws {
    let (host, path) = try hostWithDrift()
    let unit = host.localized(try JobFile.service.text)
    let command = try #require(unit.firstMatch(of: /\nExecStart=\/usr\/bin\/(.*)\n/)).1
    let variables = unit.matches(of: /\nEnvironment=([A-Z_]+)=(.*)/)
      .map { (String($0.1), String($0.2)) }
    #expect(variables.count >= 7)
    try host.run(
      String(command), in: host.state,
      Dictionary(uniqueKeysWithValues: variables).merging(["CERTWRIGHT_PASSPHRASE": ""]) { $1 }
    ).expect()
    #expect(try host.published(path))
    try host.expectEveryCommand(of: .service)
  }

  @Test func `cron's job is quiet when all is well, and speaks when it is not`() throws {
    let (host, path) = try hostWithDrift()
    let lines = host.localized(try JobFile.cron.text).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    let entry = try #require(lines.last?.firstMatch(of: /^17 \* \* \* \* certwright (.*)$/)).1
    #expect(!entry.contains("%"))
    var variables: [String: String] = ["CERTWRIGHT_PASSPHRASE": ""]
    for line in lines.dropLast() {
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      if parts[0] != "PATH" { variables[parts[0]] = parts[1] }
    }
    let outcome = try host.run(String(entry), in: host.state, shell: ["sh"], variables).expect()
    #expect(outcome.output + outcome.errors == "")
    #expect(try host.published(path))
    try host.expectEveryCommand(of: .cron)
    try FileManager.default.removeItem(at: host.origin)
    let failure = try host.run(String(entry), in: host.state, shell: ["sh"], variables)
    #expect(failure.code != 0)
    #expect(failure.output.contains("certwright: error: "))
  }

  @Test func `the cluster's job runs with the container's own command and variables`() throws {
    let (host, path) = try hostWithDrift()
    let documents = try JobFile.cluster.documents()
    let job = try #require(documents.first { $0["kind"]?.text == "CronJob" })
    let container = try #require(
      job["spec"]?["jobtemplate"]?["spec"]?["template"]?["spec"]?["containers"]?.elements.first)
    var variables: [String: String] = ["CERTWRIGHT_PASSPHRASE": ""]
    for variable in container["env"]?.elements ?? [] {
      variables[variable["name"]?.text ?? ""] = host.localized(variable["value"]?.text ?? "")
    }
    #expect(variables.count >= 7)
    let command = (container["command"]?.texts ?? []).joined(separator: " ")
    try host.run(command, in: host.state, variables).expect()
    #expect(try host.published(path))
    try host.expectEveryCommand(of: .cluster)
  }

  // MARK: - Before a commit

  @Test func `the hook judges what is staged, and lets other commits pass`() throws {
    let host = try JobHost()
    let world = host.world
    let hook = world.repository.appending(path: ".git/hooks/pre-commit")
    try FileManager.default.copyItem(at: JobFile.hook.place, to: hook)
    func commit() throws -> Outcome {
      try Program.run(
        ["git", "commit", "-m", "x"], in: world.repository, environment: host.environment)
    }
    try world.write(["b.yaml": "kind: Client\nname: b\n"])
    try world.git("add", "-A")
    try world.write(["b.yaml": Sample.client("b")])
    try commit().expect(1, says: "b.yaml:1:1: \"issuer\" is missing")
    try world.git("add", "-A")
    try world.write(["b.yaml": "broken: ["])
    try commit().expect()
    try world.folder.write("repository/notes.txt", "x")
    try world.git("add", "notes.txt")
    try commit().expect()
    try host.expectEveryCommand(of: .hook)
    let entry = try #require(
      try JobFile.framework.document()["repos"]?.elements.first?["hooks"]?.elements.first?["entry"])
    try host.run(entry.text ?? "", in: world.repository).expect(1, says: "b.yaml:")
    try host.expectEveryCommand(of: .framework)
  }
}
