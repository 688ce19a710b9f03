package import FerryCore
package import FerryEngine
import Foundation

/// One line of the channel: an XML element that carries fragments or says what becomes of a session or a pipeline.
///
///     <Data Stream='Default' PSGuid='…'>base64</Data>      <Command PSGuid='…' />      <CloseAck PSGuid='…' />
///
/// The identifier is a pipeline's, or zeros for the session itself. Source: the framing PowerShell 7 uses over SSH.
package struct TransportElement: Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        case data = "Data"
        case dataAck = "DataAck"
        case command = "Command"
        case commandAck = "CommandAck"
        case close = "Close"
        case closeAck = "CloseAck"
        case signal = "Signal"
        case signalAck = "SignalAck"
    }

    /// Which of the two priorities data travels on.
    package enum Stream: String, Sendable { case standard = "Default", promptResponse = "PromptResponse" }

    package var kind: Kind
    package var id: GUID
    package var stream = Stream.standard
    /// Fragments, of `data` only.
    package var payload: [UInt8] = []

    /// With the line's end.
    package var line: String {
        switch kind {
        case .data:
            "<Data Stream='\(stream.rawValue)' PSGuid='\(id.text)'>\(Data(payload).base64EncodedString())</Data>\n"
        default: "<\(kind.rawValue) PSGuid='\(id.text)' />\n"
        }
    }

    package init(_ kind: Kind, _ id: GUID, payload: [UInt8] = []) {
        self.kind = kind
        self.id = id
        self.payload = payload
    }

    /// - Throws: `malformedMessage`, `malformedDocument`.
    package init(line: [UInt8]) throws(Failure) {
        let node = try XMLReader.read(line)
        guard let kind = Kind(rawValue: node.name) else {
            throw Failure(
                RemotingFault.malformedMessage,
                "An unknown element \"\(node.name.prefix(40))\" was received. This can happen if the remote process closed or "
                    + "ended abnormally.")
        }
        guard let text = node.attribute("PSGuid"), let id = GUID(text) else {
            throw Failure(
                RemotingFault.malformedMessage,
                "Expected only one attribute with the name \"PSGuid\" in the \(node.name) element.")
        }
        self.kind = kind
        self.id = id
        guard kind == .data else { return }
        if let name = node.attribute("Stream") {
            guard let stream = Stream(rawValue: name) else {
                throw Failure(RemotingFault.malformedMessage, "The Data element names no stream: \(name.prefix(40)).")
            }
            self.stream = stream
        }
        guard node.children.isEmpty, let bytes = Data(base64Encoded: node.text) else {
            throw Failure(RemotingFault.malformedMessage, "Not enough data is available to process the Data element.")
        }
        payload = Array(bytes)
    }
}
