# Créer un volume nommé
docker volume create postgres_data

# Inspecter le volume
docker volume inspect postgres_data

# Créer un script d'initialisation
cat > init.sql << 'EOF'
CREATE TABLE users (
    id SERIAL PRIMARY KEY,
    username VARCHAR(50) UNIQUE NOT NULL,
    email VARCHAR(100) NOT NULL,
    created_at TIMESTAMP DEFAULT NOW()
);

INSERT INTO users (username, email) VALUES
    ('alice', 'alice@example.com'),
    ('bob', 'bob@example.com'),
    ('charlie', 'charlie@example.com');

CREATE TABLE posts (
    id SERIAL PRIMARY KEY,
    user_id INTEGER REFERENCES users(id),
    title VARCHAR(200),
    content TEXT,
    created_at TIMESTAMP DEFAULT NOW()
);

INSERT INTO posts (user_id, title, content) VALUES
    (1, 'First Post', 'Hello from Alice!'),
    (2, 'Docker Volumes', 'Volumes are great for persistence'),
    (3, 'Backup Strategy', 'Always backup your data!');
EOF

# Lancer PostgreSQL avec le volume et le script d'init
docker run -d \
  --name postgres_main \
  -e POSTGRES_PASSWORD=mypassword \
  -e POSTGRES_DB=myapp \
  -v postgres_data:/var/lib/postgresql/data \
  -v $(pwd)/init.sql:/docker-entrypoint-initdb.d/init.sql:ro \
  postgres:15-alpine

# Attendre que la base soit prête
sleep 10

# Vérifier les données
docker exec postgres_main psql -U postgres -d myapp -c "SELECT * FROM users;"
docker exec postgres_main psql -U postgres -d myapp -c "SELECT COUNT(*) FROM posts;"
