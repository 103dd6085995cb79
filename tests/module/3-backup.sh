# Créer un répertoire pour les backups
mkdir -p backups

# Méthode 1: Backup avec tar (recommandé)
docker run --rm \
  -v postgres_data:/data:ro \
  -v $(pwd)/backups:/backup \
  alpine \
  tar czf /backup/postgres_backup_$(date +%Y%m%d_%H%M%S).tar.gz -C /data .

# Vérifier le backup
ls -lh backups/

# Méthode 2: pg_dump (spécifique PostgreSQL)
docker exec postgres_restored pg_dump -U postgres myapp > backups/myapp_dump.sql

# Vérifier le contenu
head -n 20 backups/myapp_dump.sql
