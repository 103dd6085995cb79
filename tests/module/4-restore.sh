# Créer un nouveau volume vide
docker volume create postgres_data_restored

# Restaurer le backup tar dans le nouveau volume
docker run --rm \
  -v postgres_data_restored:/data \
  -v $(pwd)/backups:/backup \
  alpine \
  sh -c "cd /data && tar xzf /backup/postgres_backup_*.tar.gz"

# Démarrer un container avec le volume restauré
docker run -d \
  --name postgres_from_backup \
  -e POSTGRES_PASSWORD=mypassword \
  -e POSTGRES_DB=myapp \
  -v postgres_data_restored:/var/lib/postgresql/data \
  postgres:15-alpine

# Attendre le démarrage
sleep 5

# Vérifier que les données sont identiques
docker exec postgres_from_backup psql -U postgres -d myapp -c "SELECT * FROM users;"
docker exec postgres_from_backup psql -U postgres -d myapp -c "SELECT * FROM posts;"
