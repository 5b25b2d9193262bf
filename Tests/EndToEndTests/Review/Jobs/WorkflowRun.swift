import Foundation
import PKI
import Testing

/// Runs the jobs of a workflow of GitHub Actions as a runner does: one after another, each with a
/// folder of its own, steps until one fails.
struct WorkflowRun {
  let host: JobHost
  /// What the expressions of the workflow come to.
  let expressions: [String: String]
  let environment: [String: String]

  /// The exit code of the first step that failed, or 0.
  func run(_ file: JobFile) throws -> Outcome {
    var last = Outcome(code: 0, output: "", errors: "")
    let workflow = try file.document()
    for (name, job) in (workflow["jobs"]?.table ?? [:]).sorted(by: { order($0, $1) }) {
      let outcome = try run(job, name)
      if last.code == 0 { last = outcome }
    }
    return last
  }

  /// Jobs that need another one come later.
  private func order(_ left: (String, JSON), _ right: (String, JSON)) -> Bool {
    (left.1["needs"] == nil ? 0 : 1, left.0) < (right.1["needs"] == nil ? 0 : 1, right.0)
  }

  private func run(_ job: JSON, _ name: String) throws -> Outcome {
    let place = try host.workspace()
    var last = Outcome(code: 0, output: "", errors: "")
    for step in job["steps"]?.elements ?? [] {
      guard last.code == 0 || step["if"]?.text == "always()" else { continue }
      let outcome = try run(step, in: place)
      if outcome.code != 0 || last.code == 0 { last = outcome }
    }
    return last
  }

  private func run(_ step: JSON, in place: URL) throws -> Outcome {
    if let action = step["uses"]?.text { return try use(action, step["with"] ?? .null, in: place) }
    var environment = environment
    for (name, value) in step["env"]?.table ?? [:] {
      environment[name.uppercased()] = try resolved(value.text ?? "")
    }
    environment["GITHUB_WORKSPACE"] = place.path
    environment["HOME"] = place.path
    return try host.run(try #require(step["run"]?.text), in: place, environment)
  }

  private func resolved(_ text: String) throws -> String {
    var text = host.localized(text)
    for (expression, value) in expressions {
      text = text.replacing("${{ \(expression) }}", with: value)
    }
    try #require(!text.contains("${{"), "\(text)")
    return text
  }

  private func use(_ action: String, _ inputs: JSON, in place: URL) throws -> Outcome {
    let kept = host.forge.appending(path: "artifact").path
    let script: String
    switch action.prefix(while: { $0 != "@" }) {
    case "actions/checkout":
      let depth = inputs["fetch-depth"]?.number == 0 ? "" : "--depth=1"
      script = """
        git init -q . && git remote add origin 'file://\(host.origin.path)'
        git fetch -q \(depth) origin '+refs/heads/main:refs/remotes/origin/main'
        git checkout -q --detach "${GITHUB_SHA:-refs/remotes/origin/main}"
        """
    case "actions/upload-artifact":
      let files = (inputs["path"]?.text ?? "").split(separator: "\n").joined(separator: " ")
      script = """
        rm -rf '\(kept)'; mkdir '\(kept)'
        for file in \(files); do if [ -e "$file" ]; then cp "$file" '\(kept)'; fi; done
        """
    case "actions/download-artifact": script = "cp '\(kept)'/* ."
    default: throw ToolFailure(description: "unknown action \(action)")
    }
    return try host.run(script, in: place, environment)
  }
}
