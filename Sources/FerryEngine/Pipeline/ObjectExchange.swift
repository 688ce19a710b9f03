package import FerryCore

/// How objects travel between a shell and one it started: as text of a format that the engine does not know.
package protocol ObjectExchange: Sendable {
    /// A whole document of these values.
    func document(_ values: [Value], _ runspace: Runspace) -> String
    /// A document that grows.
    func makeWriter() -> any ObjectWriter
    func makeReader() -> any ObjectReader
}

/// Writes the objects of one stream, one after another.
package protocol ObjectWriter {
    /// What is to be written for one more object.
    mutating func text(of value: Value, _ runspace: Runspace) -> String
    /// What ends the document; empty when there is none.
    mutating func end() -> String
}

/// Reads what another shell wrote to one of its streams.
package protocol ObjectReader {
    /// What is complete with these bytes. Lines that belong to no document come as text.
    ///
    /// - Throws: what the format's document says of itself when it is none.
    mutating func records(adding bytes: ArraySlice<UInt8>) throws(Failure) -> [ExchangedRecord]
    /// What is left at the end of the stream.
    mutating func end() throws(Failure) -> [ExchangedRecord]
}

/// One thing that came from another shell.
package enum ExchangedRecord {
    case record(JobRecord)
    /// A line without its end.
    case line(String)
}

/// Where the program puts its `ObjectExchange` among the services.
package enum ObjectExchangeKey {}
