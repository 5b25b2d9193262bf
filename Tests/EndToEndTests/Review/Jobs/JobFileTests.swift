import Foundation
import PKI
import Testing

/// The ready-made jobs are well made: judged by the tools of their own kind.
@Suite struct JobFileTests {
  private func shellcheck(_ script: String, _ shell: String, _ name: String) throws {
    let result = try Tool.run(["shellcheck", "--shell", shell, "-"], input: script)
    #expect(result.status == 0, "\(name): \(result.output)")
  }

  @Test func `every job file is one that is known here`() throws {
    let files = try #require(FileManager.default.enumerator(atPath: JobFile.root.path))
    let found = files.compactMap { $0 as? String }.filter { $0.contains("/") }.sorted()
    #expect(found == JobFile.all.map(\.path).sorted())
  }

  @Test(arguments: JobFile.workflows)
  func `a workflow gives little away and mixes no text into its scripts`(file: JobFile) throws {
    let workflow = try file.document()
    #expect(workflow["permissions"] == .object([]))
    #expect(workflow["concurrency"]?["group"] != nil)
    #expect(workflow["defaults"]?["run"]?["shell"]?.text == "bash")
    for (name, job) in workflow["jobs"]?.table ?? [:] {
      #expect(job["permissions"] != nil && job["timeout-minutes"] != nil, "\(name)")
      for step in job["steps"]?.elements ?? [] {
        if let script = step["run"]?.text {
          // An expression in a script is text that others wrote, run as code.
          #expect(!script.contains("${{"), "\(name)")
          try shellcheck(script, "bash", "\(file.path) \(name)")
        } else {
          let action = try #require(step["uses"]?.text)
          #expect(action.contains(/^actions\/[a-z-]+@[0-9a-f]{40}$/), "\(action)")
        }
      }
    }
  }

  @Test func `a job that reads a request has no secret and cannot write`() throws {
    let workflow = try JobFile.workflows[0].document()
    #expect(workflow["true"]?["pull_request_target"] != nil)
    #expect(workflow["jobs"]?["plan"]?["permissions"] == .members([("contents", .string("read"))]))
    #expect(
      workflow["jobs"]?["comment"]?["steps"]?.elements.contains {
        $0["uses"]?.text?.hasPrefix("actions/checkout") == true
      } == false)
    #expect(try !JobFile.workflows[0].text.contains("secrets."))
    for step in workflow["jobs"]?["plan"]?["steps"]?.elements ?? [] {
      #expect(step["with"]?["ref"] == nil, "the request's files would be checked out")
    }
    let gitlab = try JobFile.gitlab.document()["certwright-plan"]?.compact
    #expect(gitlab?.contains("CERTWRIGHT_TOKEN") == false)
    #expect(gitlab?.contains("PASSPHRASE") == false)
  }

  @Test func `GitLab's scripts are sound, and its reports are of the kinds that they say`() throws {
    let file = try JobFile.gitlab.document()
    for (name, job) in file.table {
      let script = try #require(job["script"]?.texts)
      // A runner's shell takes variables that it was not told of.
      try shellcheck(
        "# shellcheck disable=SC2154\n" + script.joined(separator: "\n"), "sh", name)
      #expect(job["rules"]?.elements.isEmpty == false, "\(name)")
    }
    let reports = file["certwright-plan"]?["artifacts"]?["reports"]
    #expect(reports?["terraform"]?.text == "plan.widget.json")
    #expect(reports?["codequality"]?.text == "gl-code-quality-report.json")
    for name in ["certwright-apply", "certwright-reconcile"] {
      #expect(file[name]?["resource_group"]?.text == "certwright")
    }
  }

  @Test func `systemd takes the units, and finds little to expose`() throws {
    let folder = try TemporaryFolder()
    let service = try JobFile.service.text.replacing("/usr/bin/certwright", with: "/bin/true")
    let place = try folder.write("certwright.service", service)
    let timer = try folder.write("certwright.timer", try JobFile.timer.text)
    let judged = try Tool.run([
      "systemd-analyze", "verify", "--man=no", place.path, timer.path,
    ])
    #expect(judged.status == 0, "\(judged.errors)")
    #expect(!judged.errors.contains("certwright."), "\(judged.errors)")
    let exposure = try Tool.run([
      "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", place.path,
    ])
    #expect(exposure.status == 0, "\(exposure.output)")
    try folder.write("certwright.service", "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n")
    let refused = try Tool.run(["systemd-analyze", "verify", "--man=no", place.path])
    #expect(refused.errors.contains("NoSuchKey"))
  }

  @Test func `cron and hook are sound shell`() throws {
    try shellcheck(try JobFile.hook.text, "sh", "pre-commit")
    #expect(FileManager.default.isExecutableFile(atPath: JobFile.hook.place.path))
    let lines = try JobFile.cron.text.split(separator: "\n")
    let entry = try #require(lines.last?.firstMatch(of: /^17 \* \* \* \* certwright (.*)$/)).1
    try shellcheck(String(entry), "sh", "cron")
    #expect(try JobFile.cron.text.hasSuffix("\n"), "cron leaves out a line without an end")
  }

  @Test func `the cluster's pod keeps to the restricted standard and to one run at a time`() throws
  {
    let documents = try JobFile.cluster.documents()
    func one(_ kind: String) throws -> JSON {
      try #require(documents.first { $0["kind"]?.text == kind }, "\(kind)")
    }
    for document in documents {
      #expect(document["apiversion"] != nil && document["metadata"]?["name"] != nil)
    }
    let labels = try one("Namespace")["metadata"]?["labels"]
    #expect(labels?["pod-security.kubernetes.io/enforce"]?.text == "restricted")
    let job = try one("CronJob")["spec"]
    #expect(job?["concurrencypolicy"]?.text == "Forbid")
    let pod = try #require(job?["jobtemplate"]?["spec"]?["template"]?["spec"])
    #expect(pod["restartpolicy"]?.text == "Never")
    #expect(pod["automountserviceaccounttoken"] == .bool(false))
    #expect(pod["securitycontext"]?["runasnonroot"] == .bool(true))
    #expect(pod["securitycontext"]?["seccompprofile"]?["type"]?.text == "RuntimeDefault")
    let volumes = Set((pod["volumes"]?.elements ?? []).compactMap { $0["name"]?.text })
    for container in pod["containers"]?.elements ?? [] {
      let context = container["securitycontext"]
      #expect(context?["allowprivilegeescalation"] == .bool(false))
      #expect(context?["readonlyrootfilesystem"] == .bool(true))
      #expect(context?["capabilities"]?["drop"]?.texts == ["ALL"])
      let mounts = container["volumemounts"]?.elements ?? []
      #expect(Set(mounts.compactMap { $0["name"]?.text }) == volumes)
    }
    let claim = pod["volumes"]?.elements.first { $0["name"]?.text == "state" }
    #expect(
      claim?["persistentvolumeclaim"]?["claimname"]
        == (try one("PersistentVolumeClaim")["metadata"]?["name"]))
  }
}
