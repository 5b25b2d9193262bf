import ArgumentParser
@main
struct Certwright: ParsableCommand {}
