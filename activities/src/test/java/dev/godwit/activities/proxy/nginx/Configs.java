package dev.godwit.activities.proxy.nginx;

/** Configurations as people write them. */
final class Configs {
    /** In the manner of Debian's default site: much of it comments. */
    static final String DEBIAN_DEFAULT = """
            ##
            # You should look at the following URL's in order to grasp a solid understanding
            ##

            # Default server configuration
            #
            server {
            	listen 80 default_server;
            	listen [::]:80 default_server;

            	# SSL configuration
            	#
            	# listen 443 ssl default_server;
            	root /var/www/html;

            	# Add index.php to the list if you are using PHP
            	index index.html index.htm index.nginx-debian.html;

            	server_name _;

            	location / {
            		# First attempt to serve request as file
            		try_files $uri $uri/ =404;
            	}

            	# deny access to .htaccess files, if Apache's document root
            	#location ~ /\\.ht {
            	#	deny all;
            	#}
            }

            #server {
            #	listen 80;
            #	server_name example.com;
            #}
            """;

    /** A forwarding as an operator wrote it by hand, with what newer versions of nginx do not know any more. */
    static final String FORWARD = """
            server {
              listen 192.0.2.1:443 ssl http2;
              server_name www.example.com;
              ssl on;
              ssl_certificate www.example.com.crt;
              ssl_certificate_key www.example.com.key;
              root /var/www/website/current/public;

              location / {
                proxy_set_header Host $host;
                proxy_http_version 1.1;
                proxy_buffering off;
                proxy_pass https://192.0.2.2$request_uri;
                proxy_redirect https://www.example.com/ /;
              }
            }
            """;

    static final String WITH_MAP_AND_UPSTREAM = """
            map $http_upgrade $connection_upgrade { default upgrade; '' close; }
            upstream app { server 127.0.0.1:3000 max_fails=0; keepalive 8; }

            # the shop
            server {
                listen 8080;
                server_name shop.example.org;
                location / { proxy_pass http://app; }
            }
            # between
            server { listen 8080; server_name blog.example.org; return 301 https://blog.example.net$request_uri; }
            server {
                listen 8080;
                server_name ~^(?<tenant>[a-z]+)\\.shop\\.example\\.org$ *.shop.example.net;
                if ($tenant = "x{y}") { return 403; }
                location / { proxy_pass http://app/$tenant; }
            }
            """;

    static final String PHP = """
            server {
                listen 80;
                server_name php.example.org;
                location ~ [^/]\\.php(/|$) {
                    fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
                    fastcgi_param HTTP_PROXY "";
                    fastcgi_pass unix:/run/php/php-fpm.sock;
                }
                location ~* "^/[0-9]{2,4}/" { expires max; }
                add_header Content-Security-Policy "default-src 'self'; img-src *" always;
                log_format_is_not_here 'a "quoted" $word';
            }
            """;

    static final String SHOP = """
            server {
            	listen 80;
            	listen [::]:80;
            	server_name shop.example.org www.shop.example.org;
            	root /var/www/html;

            	location ^~ /.well-known/acme-challenge/ {
            		default_type text/plain;
            	}
            	location / {
            		return 301 https://$host$request_uri;
            	}
            }

            server {
            	listen 443 ssl http2;
            	listen [::]:443 ssl http2;
            	server_name shop.example.org;

            	include snippets/tls.conf;
            	ssl_certificate /etc/letsencrypt/live/shop.example.org/fullchain.pem;
            	ssl_certificate_key /etc/letsencrypt/live/shop.example.org/privkey.pem;
            	client_max_body_size 64m;
            	allow 10.0.0.0/8;
            	deny all;
            	access_log /var/log/nginx/shop.log combined if=$loggable;

            	location / {
            		proxy_pass http://127.0.0.1:8000;
            	}
            	error_page 502 /down.html;
            }
            """;

    private Configs() {}
}
