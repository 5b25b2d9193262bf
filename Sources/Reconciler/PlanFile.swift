import Foundation
package import PKI

/// Saved plans on disk.
package enum PlanFile {
  private static let sizeLimit = 1 << 28

  package static func read(_ path: String) throws(ReconcileError) -> PlanDocument {
    guard let data = FileManager.default.contents(atPath: path), data.count <= sizeLimit else {
      throw .invalid("the plan \"\(path)\" cannot be read", hint: nil)
    }
    do {
      return try PlanDocument(reading: JSONDecoder().decode(JSON.self, from: data))
    } catch let error as PlanDocumentError {
      throw .invalid("\"\(path)\" \(error)", hint: nil)
    } catch {
      throw .invalid("\"\(path)\" is not JSON", hint: nil)
    }
  }

  /// Replaces the file, if there is one, by the whole plan or not at all.
  package static func write(_ plan: PlanDocument, to path: String) throws(ReconcileError) {
    do {
      try Data(plan.json.prettyBytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .invalid(
        "cannot write the plan to \"\(path)\": \(error.localizedDescription)", hint: nil)
    }
  }
}
