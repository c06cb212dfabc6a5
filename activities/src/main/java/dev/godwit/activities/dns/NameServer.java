package dev.godwit.activities.dns;

import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.RecordSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * One name server, asked at its address and never through the system's resolver: by UDP, by TCP where an answer is cut
 * short (RFC 7766).
 *
 * @param patience how long one question waits for its answer
 */
record NameServer(String address, int port, Duration patience) {
    /** Where one packet in twenty is lost each way, three questions in a row get lost once in a thousand times. */
    private static final int ATTEMPTS = 3;

    /** A server written as an address, or as {@code address#port} in the manner of dig and nsupdate. */
    static NameServer at(String text, int standardPort, Duration patience) {
        int mark = text.indexOf('#');
        return mark < 0
                ? new NameServer(text, standardPort, patience)
                : new NameServer(text.substring(0, mark), Integer.parseInt(text.substring(mark + 1)), patience);
    }

    /** How messages name it. */
    String shown() {
        return port == 53 ? address : address + "#" + port;
    }

    /** A server that does not answer as an authoritative server of a name does. The message continues "but found". */
    static final class NoAnswer extends IOException {
        NoAnswer(String message) {
            super(message);
        }
    }

    /** The record set that this server gives out with authority; without values if it says that there is none. */
    RecordSet read(DnsRecord record) throws NoAnswer {
        Name name = Records.name(record.name());
        Message answer = ask(name, Records.code(record.type()));
        int rcode = answer.getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
            throw new NoAnswer("the answer " + Rcode.string(rcode));
        }
        if (!answer.getHeader().getFlag(Flags.AA)) {
            throw new NoAnswer("an answer without authority");
        }
        List<Record> all = answer.getSection(Section.ANSWER);
        if (all.stream()
                .anyMatch(one -> one.getType() == Type.CNAME && one.getName().equals(name))) {
            throw new NoAnswer("an alias (CNAME)");
        }
        return Records.set(
                record,
                all.stream()
                        .filter(one -> one.getType() == Records.code(record.type()))
                        .toList());
    }

    /** Asks for records. A question whose answer does not come is asked again: a packet may have got lost. */
    Message ask(Name name, int type) throws NoAnswer {
        Message question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        question.getHeader().unsetFlag(Flags.RD);
        for (int attempt = 1; ; attempt++) {
            try {
                return resolver().send(question);
            } catch (IOException e) {
                if (attempt == ATTEMPTS || !isTimeout(e)) {
                    throw new NoAnswer("no answer (" + reason(e) + ")");
                }
            }
        }
    }

    /** A resolver that asks this server only. */
    SimpleResolver resolver() {
        SimpleResolver resolver = new SimpleResolver(new InetSocketAddress(InetAddress.ofLiteral(address), port));
        resolver.setTimeout(patience);
        return resolver;
    }

    static String reason(IOException failure) {
        return isTimeout(failure)
                ? "timed out"
                : String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    /** dnsjava says it in two ways, whichever of its clocks is first. */
    static boolean isTimeout(IOException failure) {
        return failure instanceof SocketTimeoutException || failure.getCause() instanceof TimeoutException;
    }
}
