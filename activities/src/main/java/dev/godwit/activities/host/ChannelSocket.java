package dev.godwit.activities.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A channel of an ssh connection that looks like a connected socket, for libraries that speak a protocol of their own.
 * Reads honour {@link #setSoTimeout}, which sshj's streams cannot; options of TCP are accepted and mean nothing.
 */
final class ChannelSocket extends Socket {
    /** Says how the other end finished, once there is nothing more to read; fails if that was an error. */
    interface Ending {
        void check() throws IOException;
    }

    private final OutputStream out;
    private final Buffer in = new Buffer();
    private final Ending ending;
    private final Runnable close;
    private volatile boolean closed;
    private volatile int readTimeout;

    ChannelSocket(InputStream in, OutputStream out, Ending ending, Runnable close) {
        this.out = out;
        this.ending = ending;
        this.close = close;
        Thread.ofVirtual().name("godwit-channel-socket").start(() -> this.in.fill(in));
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            in.end(new IOException("the socket is closed"));
            close.run();
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        out.close();
    }

    @Override
    public void shutdownInput() {
        in.end(null);
    }

    @Override
    public void setSoTimeout(int timeout) {
        readTimeout = timeout;
    }

    @Override
    public int getSoTimeout() {
        return readTimeout;
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void connect(SocketAddress endpoint) {
        // It is connected from the start; to where is not the library's choice.
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) {
        // It is connected from the start; to where is not the library's choice.
    }

    @Override
    public InetAddress getInetAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return InetSocketAddress.createUnresolved("channel", 0);
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
        return true;
    }

    @Override
    public void setSoLinger(boolean on, int linger) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
        return Buffer.SIZE;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return Buffer.SIZE;
    }

    @Override
    public String toString() {
        return "ChannelSocket[closed=" + closed + "]";
    }

    /** What arrived and was not read yet. */
    private final class Buffer extends InputStream {
        static final int SIZE = 256 * 1024;

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition filled = lock.newCondition();
        private final Condition drained = lock.newCondition();
        private final byte[] ring = new byte[SIZE];
        private int start;
        private int count;
        private boolean ended;
        private @Nullable IOException failure;

        void fill(InputStream from) {
            byte[] chunk = new byte[32 * 1024];
            try {
                for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                    if (!put(chunk, read)) {
                        return;
                    }
                }
                ending.check();
                end(null);
            } catch (IOException e) {
                end(e);
            } catch (InterruptedException e) {
                end(new IOException("the connection was interrupted", e));
            }
        }

        private boolean put(byte[] chunk, int length) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                for (int done = 0; done < length; ) {
                    while (count == SIZE && !ended) {
                        drained.await();
                    }
                    if (ended) {
                        return false;
                    }
                    int at = (start + count) % SIZE;
                    int part = Math.min(Math.min(length - done, SIZE - count), SIZE - at);
                    System.arraycopy(chunk, done, ring, at, part);
                    count += part;
                    done += part;
                    filled.signalAll();
                }
                return true;
            } finally {
                lock.unlock();
            }
        }

        void end(@Nullable IOException reason) {
            lock.lock();
            try {
                if (!ended) {
                    ended = true;
                    failure = reason;
                }
                filled.signalAll();
                drained.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int available() {
            lock.lock();
            try {
                return count;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            lock.lock();
            try {
                awaitBytes();
                if (count == 0) {
                    if (failure != null) {
                        throw new IOException(failure.getMessage(), failure);
                    }
                    return -1;
                }
                int part = Math.min(Math.min(length, count), SIZE - start);
                System.arraycopy(ring, start, bytes, offset, part);
                start = (start + part) % SIZE;
                count -= part;
                drained.signalAll();
                return part;
            } finally {
                lock.unlock();
            }
        }

        private void awaitBytes() throws IOException {
            int timeout = readTimeout;
            long left = TimeUnit.MILLISECONDS.toNanos(timeout);
            try {
                while (count == 0 && !ended) {
                    if (timeout == 0) {
                        filled.await();
                    } else if (left <= 0) {
                        throw new SocketTimeoutException("Expected bytes within " + timeout + " ms, but found none");
                    } else {
                        left = filled.awaitNanos(left);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the reading thread was interrupted", e);
            }
        }

        @Override
        public void close() {
            ChannelSocket.this.close();
        }
    }
}
