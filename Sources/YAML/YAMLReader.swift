package import PKI

/// Reads the bytes of one file of desired state into values with their places.
///
/// libyaml does the reading, and less of YAML is let through than it knows: what could hang the
/// reader, or make a document say something else than a reviewer reads, is refused. That is every
/// encoding but UTF-8, tags, anchors, aliases, merge keys, duplicate and non-scalar keys, control
/// and text direction characters, deep nesting, and large files.
package enum YAMLReader {
  /// The largest file, in bytes.
  package static let sizeLimit = 1 << 20
  /// How many sequences and mappings may be open at once. libyaml's time grows with the square of
  /// the nesting of `[`, and the values are freed by recursion.
  package static let depthLimit = 32
  /// How many findings of one file are reported.
  package static let findingLimit = 100
  /// The longest key, in bytes of UTF-8. libyaml has the same limit, in characters, for keys
  /// without `?`.
  package static let keyLimit = 1024

  /// Every document of the file that is not empty, in order.
  ///
  /// - Parameter file: the path that the places name.
  /// - Throws: everything that is wrong with the file.
  package static func documents(in bytes: [UInt8], file: String) throws(YAMLError) -> [Node] {
    guard bytes.count <= sizeLimit else {
      throw YAMLError(
        Finding(
          Place(file: file, line: 1, column: 1),
          "the file has \(bytes.count) bytes, the limit is \(sizeLimit)",
          hint: "put the documents into several files"))
    }
    let source = try SourceText(bytes, file: file, findingLimit: findingLimit)
    var builder = DocumentBuilder(source)
    readEvents(of: source, into: &builder)
    return try builder.finish()
  }

  private static func readEvents(of source: SourceText, into builder: inout DocumentBuilder) {
    do throws(SyntaxProblem) {
      var parser = try EventParser(source.bytes)
      while builder.wantsMore { builder.add(try parser.next()) }
    } catch {
      builder.findings.append(
        error.mark.place(in: source.file), error.message,
        hint: SyntaxHint.hint(for: error, in: source))
    }
  }
}
