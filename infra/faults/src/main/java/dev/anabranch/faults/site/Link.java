package dev.anabranch.faults.site;

import dev.anabranch.local.Ports;
import dev.anabranch.local.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The network between a layer and the broker: a TCP proxy on loopback that can be cut, made slow, or left half-open. The
 * broker tells clients that come this way to stay on it.
 */
public final class Link implements AutoCloseable {
    /** How the network is doing. */
    public enum Quality {
        /** Passes everything on. */
        GOOD,
        /** Closes every connection and takes no new one. */
        CUT,
        /** A chunk at a time, each held up. */
        SLOW,
        /** Takes connections and keeps them, and passes nothing on: neither side hears of it. */
        HALF_OPEN
    }

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final Duration HELD_UP = Duration.ofMillis(60);
    private static final int SLOW_CHUNK_BYTES = 4 * 1024;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    private final int target;
    private final int port;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private Quality quality = Quality.GOOD;
    private boolean closed;

    /**
     * @param port   where clients connect
     * @param target where the broker listens for them
     * @throws Problem when {@code port} is in use
     */
    public Link(int port, int target) {
        this.port = port;
        this.target = target;
        try {
            server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getByName(Ports.HOST), port));
        } catch (IOException e) {
            throw new Problem("Port " + port + " for a link to the broker must be free: " + e.getMessage(), e);
        }
        daemon(this::accept, "link-" + port);
    }

    public int port() {
        return server.getLocalPort();
    }

    public String address() {
        return Ports.HOST + ":" + port();
    }

    /**
     * Changes the network, for connections there are and for those to come. When it gets well again from being half-open,
     * the connections of before are gone on with.
     */
    public synchronized void become(Quality next) {
        quality = next;
        if (next == Quality.CUT) {
            hangUp();
        }
        notifyAll();
    }

    /** Closes every connection there is. */
    public void hangUp() {
        open.forEach(Link::abort);
        open.clear();
    }

    private synchronized Quality quality() {
        return quality;
    }

    /** The network as it is once it passes something on. */
    private synchronized Quality awaitPassing() throws InterruptedException {
        while (quality == Quality.HALF_OPEN && !closed) {
            wait();
        }
        return quality;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (quality() == Quality.CUT) {
                    abort(client);
                } else {
                    open.add(client);
                    daemon(() -> join(client), "link-" + port + "-open");
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new IllegalStateException("A link on port " + port + " must take connections", e);
                }
            }
        }
    }

    private void join(Socket client) {
        Socket broker = new Socket();
        open.add(broker);
        try {
            awaitPassing();
            broker.connect(new InetSocketAddress(Ports.HOST, target), (int) CONNECT_WITHIN.toMillis());
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            daemon(() -> pass(broker, client), "link-" + port + "-back");
            pass(client, broker);
        } catch (IOException e) {
            end(client, broker); // the broker is away: so is this connection
        } catch (InterruptedException e) {
            end(client, broker);
            Thread.currentThread().interrupt();
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (true) {
                int most = quality() == Quality.SLOW ? SLOW_CHUNK_BYTES : CHUNK_BYTES;
                int read = in.read(chunk, 0, most);
                if (read < 0) {
                    break;
                }
                if (awaitPassing() == Quality.SLOW) {
                    TimeUnit.MILLISECONDS.sleep(HELD_UP.toMillis());
                }
                out.write(chunk, 0, read);
            }
        } catch (IOException e) {
            // One side hung up, or this link was cut: the connection ends for both, below.
            end(from, to);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(from, to);
    }

    private void end(Socket one, Socket other) {
        open.remove(one);
        open.remove(other);
        abort(one);
        abort(other);
    }

    private static void abort(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("A socket can be closed", e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException("A listening socket can be closed", e);
        }
        hangUp();
    }

    private static void daemon(Runnable run, String name) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(true);
        thread.start();
    }
}
