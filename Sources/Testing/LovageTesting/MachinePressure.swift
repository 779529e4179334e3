#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How much of a stretch of time somebody on this machine waited for a processor or for a disk, each from 0 to 1.
///
/// Linux keeps the sums of these times (pressure stall information, `/proc/pressure`). They say what a clock cannot: that
/// a test was slow because something else ran.
public struct MachinePressure: Sendable, Equatable {
    /// The share of the time in which at least one thread that could run had no processor.
    public var processor: Double
    /// The share of the time in which at least one thread waited for a disk.
    public var disk: Double

    /// Makes one.
    public init(processor: Double, disk: Double) {
        self.processor = processor
        self.disk = disk
    }

    /// The sums so far, in microseconds.
    public struct Totals: Sendable, Equatable {
        var processor: Int64
        var disk: Int64

        /// What the machine says now; nil where it keeps no sums.
        public static func read() -> Totals? {
            guard let processor = total(of: "cpu"), let disk = total(of: "io") else { return nil }
            return Totals(processor: processor, disk: disk)
        }

        private static func total(of resource: String) -> Int64? {
            // A kernel without these files has nothing to say.
            guard let text = try? String(contentsOfFile: "/proc/pressure/\(resource)", encoding: .utf8) else {
                return nil
            }
            return someTotal(text)
        }

        /// The number behind `total=` in the line that begins with `some`.
        static func someTotal(_ text: String) -> Int64? {
            let line = text.split(separator: "\n").first { $0.hasPrefix("some ") }
            let field = line?.split(separator: " ").first { $0.hasPrefix("total=") }
            return field.flatMap { Int64($0.dropFirst("total=".count)) }
        }
    }

    /// What lies between two readings that are `span` apart.
    public init(from first: Totals, to last: Totals, over span: Duration) {
        let microseconds = max(1, Double(span.components.seconds) * 1e6 + Double(span.components.attoseconds) / 1e12)
        processor = Double(last.processor - first.processor) / microseconds
        disk = Double(last.disk - first.disk) / microseconds
    }
}
