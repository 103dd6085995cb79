# Ajouter une nouvelle donnée
docker exec postgres_main psql -U postgres -d myapp -c \
  "INSERT INTO users (username, email) VALUES ('david', 'david@example.com');"

# Vérifier
docker exec postgres_main psql -U postgres -d myapp -c "SELECT COUNT(*) FROM users;"
# Devrait afficher 4

# DÉTRUIRE le container
docker stop postgres_main
docker rm postgres_main

# Vérifier que le volume existe toujours
docker volume ls | grep postgres_data

# Recréer un NOUVEAU container avec le MÊME volume
docker run -d \
  --name postgres_restored \
  -e POSTGRES_PASSWORD=mypassword \
  -e POSTGRES_DB=myapp \
  -v postgres_data:/var/lib/postgresql/data \
  postgres:15-alpine

# Attendre le démarrage
sleep 5

# Vérifier que les données sont TOUJOURS là
docker exec postgres_restored psql -U postgres -d myapp -c "SELECT * FROM users;"
# Les 4 utilisateurs doivent être présents!
